import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { iso } from '../../orders/order-view.ts'
import { Problem } from '../../problems.ts'
import { problems, WholeNumber } from '../../schemas.ts'
import { AUDITING_STAFF } from '../../staff-roles.ts'
import { readingOfStream } from './aggregates.ts'
import { recordReading } from './reading.ts'
import { shown } from './shown.ts'

/** A stock stream of a busy product has some ten thousand events; a hundred thousand are seconds of folding. */
const MOST_EVENTS = 100_000

const AsOf = z
  .object({
    asOfRevision: WholeNumber.optional(),
    asOf: z.iso
      .datetime({ offset: true })
      .transform((text) => Date.parse(text))
      .optional(),
  })
  .refine(({ asOfRevision, asOf }) => asOfRevision === undefined || asOf === undefined, {
    message: 'either a revision or a time',
    path: ['asOf'],
  })

const StreamState = z.object({
  stream: z.string(),
  /** Of the newest event in the state. */
  revision: z.int(),
  position: z.int(),
  at: z.string(),
  /** How many events were folded; fewer than `revision` + 1 where the stream keeps only the newest. */
  events: z.int(),
  state: z.unknown(),
})

/** What an aggregate or a process was at a revision or a time, by the fold that its commands are decided with. */
export const auditStreamRoute = (app: ApiScope, { eventStore }: ApiDependencies): void => {
  app.get(
    '/api/audit/streams/:stream',
    {
      config: { access: { staff: AUDITING_STAFF } },
      schema: {
        tags: ['audit'],
        summary:
          'The state of an order, payment, wallet, product, stock, cart, customer, notification or process, now or as of a revision or time',
        description:
          'Folded from the log as the shop itself folds it. `asOf` takes what the log had recorded up to that moment, ' +
          'included. The processes have `checkout-{orderId}` and `confirmation-{merchantPaymentId}`. Secrets are left out and marked; personal data stays encrypted and is said to be.',
        params: z.object({ stream: z.string().max(200) }),
        querystring: AsOf,
        response: { 200: StreamState, ...problems },
      },
    },
    async (request, reply) => {
      const { stream } = request.params
      const { asOfRevision = Infinity, asOf = Infinity } = request.query
      recordReading(request, 'stream', { stream, ...request.query })
      const folding = readingOfStream(stream)?.folding()
      if (folding === undefined) throw new Problem('stream-not-found')
      let newest: { revision: number; position: number; createdAtMs: number } | undefined
      let events = 0
      for await (const event of eventStore.read(stream, 0, MOST_EVENTS + 1)) {
        if (event.revision > asOfRevision || event.createdAtMs > asOf) break
        if (events === MOST_EVENTS) throw new Problem('stream-too-long')
        folding.take(event)
        newest = event
        events += 1
      }
      if (newest === undefined) throw new Problem('stream-not-found')
      const { revision, position, createdAtMs } = newest
      return reply
        .header('cache-control', 'no-store')
        .send({ stream, revision, position, at: iso(createdAtMs), events, state: shown(folding.state()) })
    },
  )
}
