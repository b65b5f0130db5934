import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { iso } from '../orders/order-view.ts'
import { customerOf, type Customer } from '../plugins/session-cookies.ts'
import { problems } from '../schemas.ts'
import { ownDataParts, type OwnDataPart } from './export-parts.ts'

/** Each export reads all orders of a person with their streams; nobody needs more of them. */
const EXPORTS_PER_MINUTE = 10

/** Everything that is one's own, as one file. The scope is the route's own: a request is counted by one limit only. */
export const ownDataRoute = (app: ApiScope, deps: ApiDependencies): void => {
  const parts = ownDataParts(deps)
  const limit = app.rateLimit({
    max: EXPORTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: ({ session, ip }) => session.customer?.customerId ?? ip,
  })
  app.addHook('onRequest', (request, reply) => limit.call(app, request, reply))

  app.get(
    '/api/me/export',
    {
      exposeHeadRoute: false,
      config: { access: 'self' },
      schema: {
        tags: ['me'],
        summary: 'Everything the shop keeps of me',
        description:
          'One JSON file: account, profile, cart, and every order with its contact, delivery, payment, refunds and timeline. ' +
          `${EXPORTS_PER_MINUTE} a minute. An export that fails on its way breaks the connection off.`,
        response: {
          200: { description: 'The file.', content: { 'application/json': { schema: z.unknown() } } },
          ...problems,
        },
      },
    },
    (request, reply) => {
      const customer = customerOf(request)
      const file = Readable.from(texts(customer, parts, iso(deps.clock.nowMs())), { highWaterMark: 1 })
      reply.raw.once('close', () => file.destroy())
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="my-data.json"')
        .type('application/json; charset=utf-8')
        .send(file)
    },
  )
}

async function* texts(
  customer: Customer,
  parts: readonly OwnDataPart[],
  madeAt: string,
): AsyncGenerator<string, void> {
  yield `{\n"madeAt": ${JSON.stringify(madeAt)}`
  for (const { name, entries, isSingle = false } of parts) {
    yield `,\n${JSON.stringify(name)}: ${isSingle ? '' : '['}`
    let separator = ''
    for await (const entry of entries(customer)) {
      yield separator + JSON.stringify(entry)
      if (isSingle) break
      separator = ',\n'
    }
    if (!isSingle) yield ']'
  }
  yield '\n}\n'
}
