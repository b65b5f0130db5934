import { z } from 'zod'
import { Locale } from '#domain/order/events.ts'
import type { Mailbox } from '#platform/mail/port.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { iso } from '../orders/order-view.ts'
import { customerOf } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import { IdParams, problems } from '../schemas.ts'

const tags = ['mailbox']
/** As many as a mailbox holds for one customer. */
export const MOST_MAILS = 200

const ListedMail = z.object({
  mailId: z.string(),
  /** When it would have been sent. */
  sentAt: z.string(),
  to: z.string(),
  subject: z.string(),
  language: Locale,
})
const MailView = ListedMail.extend({ text: z.string(), html: z.string() })

/** The mails this shop would have sent, each to be read by whoever it was meant for alone. */
export const mailboxRoutes = (app: ApiScope, { mailbox }: ApiDependencies): void => {
  const opened = (): Pick<Mailbox, 'list' | 'get'> => {
    if (mailbox === undefined) throw new Problem('no-mailbox')
    return mailbox
  }

  app.get(
    '/api/mailbox',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'The mails that would have been sent to you, newest first',
        description: 'Only where the shop has no mail server; elsewhere there is nothing here.',
        response: { 200: z.object({ items: z.array(ListedMail).readonly() }), ...problems },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request)
      const mails = await opened().list(customerId, MOST_MAILS)
      const items = mails.map(({ keptAtMs, language, ...mail }) => ({
        ...mail,
        sentAt: iso(keptAtMs),
        language: Locale.parse(language),
      }))
      return reply.header('cache-control', 'no-store').send({ items })
    },
  )

  app.get(
    '/api/mailbox/:id',
    {
      config: { access: { ownerOr: [] } },
      schema: {
        tags,
        summary: 'One mail, as text and as HTML',
        description: 'The HTML is to be shown in a sandbox: it needs no script and loads nothing.',
        params: IdParams,
        response: { 200: MailView, ...problems },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request)
      const mail = await opened().get(customerId, request.params.id)
      if (mail === undefined) throw new Problem('mail-not-found')
      const { keptAtMs, language, ...rest } = mail
      return reply
        .header('cache-control', 'no-store')
        .send({ ...rest, sentAt: iso(keptAtMs), language: Locale.parse(language) })
    },
  )
}
