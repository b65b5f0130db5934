import { z } from 'zod'
import { eventLogQueries } from '#projections/event-log/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { Position, problems } from '../../schemas.ts'
import { AUDITING_STAFF } from '../../staff-roles.ts'
import { asProblem, EventQuery, filterOf, Flag } from './event-filter.ts'
import { AuditEvent, rowsOf } from './event-rows.ts'
import { recordReading } from './reading.ts'

const LARGEST_PAGE = 200

/** The event log, page by page. */
export const auditEventsRoute = (app: ApiScope, { readStore, eventStore }: ApiDependencies): void => {
  const log = eventLogQueries(readStore)

  app.get(
    '/api/audit/events',
    {
      config: { access: { staff: AUDITING_STAFF } },
      schema: {
        tags: ['audit'],
        summary: 'Events by order, customer, cause, type, actor and time, oldest first',
        description:
          'Everything that is named must hold. `next`, where there is one, goes into `after` for the page behind it; a page ' +
          'may be short or empty and still have one. `orderId` asks for the correlation, `from` and `to` are included. ' +
          '`withData=true` adds what the events say: secrets left out, personal data still encrypted.',
        querystring: EventQuery.extend({
          after: Position.optional(),
          limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(50),
          withData: Flag,
        }),
        response: { 200: z.object({ items: z.array(AuditEvent), next: z.int().optional() }), ...problems },
      },
    },
    async (request, reply) => {
      const { after, limit, withData, ...asked } = request.query
      recordReading(request, 'events', request.query)
      try {
        const { items, next } = await log.page(filterOf(asked), { after, limit })
        const rows = await rowsOf(eventStore, items, withData)
        return await reply
          .header('cache-control', 'no-store')
          .send({ items: rows, ...(next === undefined ? {} : { next }) })
      } catch (error) {
        throw asProblem(error)
      }
    },
  )
}
