import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import { decode, type Logged } from '#projections/events.ts'
import { OrderAudit } from '#projections/order-audit/document.ts'
import { orderAuditQueries, provedBy } from '#projections/order-audit/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { Problem } from '../../problems.ts'
import { IdParams, problems } from '../../schemas.ts'
import { AUDITING_STAFF } from '../../staff-roles.ts'
import { recordReading } from './reading.ts'

/** How long the document may take to catch up with the log before the two are compared as they are. */
const PATIENCE_MS = 2_000
/** More than any order's stream has, see `MOST_CHANGES`: whatever is beyond is a difference already. */
const MOST_EVENTS = 2_000

const ProvedAudit = z.object({
  document: OrderAudit.optional(),
  matches: z.boolean(),
  firstDifference: z
    .object({ path: z.string(), stored: z.unknown().optional(), folded: z.unknown().optional() })
    .optional(),
})

/** The audit document of an order beside a fresh fold of the log. */
export const auditOrderRoute = (app: ApiScope, { readStore, eventStore, waitFor }: ApiDependencies): void => {
  const audits = orderAuditQueries(readStore)

  app.get(
    '/api/audit/orders/:id',
    {
      config: { access: { staff: AUDITING_STAFF } },
      schema: {
        tags: ['audit'],
        summary: 'Every change of an order, and whether the copy still says what the log says',
        description:
          'The order’s events are folded once more while you wait and compared with the stored document; the first ' +
          'difference is named. A document that is missing or still behind is a difference too.',
        params: IdParams,
        response: { 200: ProvedAudit, ...problems },
      },
    },
    async (request, reply) => {
      const id = OrderId.safeParse(request.params.id)
      recordReading(request, 'order', { orderId: request.params.id })
      if (!id.success) throw new Problem('order-not-found')
      const events: Logged[] = []
      for await (const event of eventStore.read(`order-${id.data}`, 0, MOST_EVENTS))
        events.push(decode(event))
      const position = events.at(-1)?.position
      if (position !== undefined) await waitFor(position, PATIENCE_MS)
      const document = (await audits.byId(id.data))?.body
      if (document === undefined && position === undefined) throw new Problem('order-not-found')
      return reply
        .header('cache-control', 'no-store')
        .send({ ...(document === undefined ? {} : { document }), ...provedBy(document, events) })
    },
  )
}
