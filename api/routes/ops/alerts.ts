import { z } from 'zod'
import { AlertSeverity } from '#domain/alert/rules.ts'
import { ALERT_STATUSES } from '#projections/alerts/document.ts'
import { alertQueries } from '#projections/alerts/queries.ts'
import { orderTimelineQueries } from '#projections/order-timeline/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { iso } from '../../orders/order-view.ts'
import { Problem } from '../../problems.ts'
import { requestHash } from '../../request-hash.ts'
import { IdParams, Position, problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'
import { NEXT_ACTIONS, nextActionOf } from './alert-next-action.ts'
import { AlertCountView, AlertStepView, AlertView, alertView, historyOf } from './alert-view.ts'

const tags = ['ops']
const LARGEST_PAGE = 100
/** How much of an order's story stands beside an alert; the rest is where `links.timeline` leads. */
const EXCERPT = 12
/** How long somebody may be kept waiting for what they wrote themselves. */
const PATIENCE_MS = 2_000

const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const AlertQuery = z.object({
  rule: z.string().min(1).max(64).optional(),
  severity: AlertSeverity.optional(),
  /** `OPEN` is NEW or ACKNOWLEDGED. */
  status: z.enum([...ALERT_STATUSES, 'OPEN']).optional(),
  orderId: z.string().min(1).max(200).optional(),
  /** When it was raised; both ends are included. */
  from: Moment.optional(),
  to: Moment.optional(),
  after: Position.optional(),
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(50),
  position: Position.optional(),
})

const NotModified = z.null().describe('Nothing has changed since.')

const AlertList = z.object({
  items: z.array(AlertView).readonly(),
  next: z.int().optional(),
  counts: z.array(AlertCountView).readonly(),
})

const AlertDetail = AlertView.extend({
  history: z.array(AlertStepView),
  nextAction: z.enum(NEXT_ACTIONS),
  links: z.object({ order: z.string(), timeline: z.string() }).optional(),
  /** The newest steps of the order's story, oldest first. */
  timeline: z
    .array(
      z.object({
        at: z.string(),
        type: z.string(),
        reason: z.string().optional(),
        detail: z.string().optional(),
        actor: z.string(),
        eventId: z.string(),
      }),
    )
    .optional(),
  position: z.int(),
})

/**
 * What staff read of alerts. A page that is open asks again every other second with `If-None-Match`: while nothing changed
 * that costs one look at an index, in whichever process it is answered.
 */
export const alertRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { readStore, waitFor } = deps
  const alerts = alertQueries(readStore)
  const timelines = orderTimelineQueries(readStore)

  app.get(
    '/api/ops/alerts',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'Alerts, the most urgent first',
        description:
          'What is open before what is resolved, P1 before P2, the newest first. Everything that is named must hold; ' +
          '`status=OPEN` is whatever is not resolved, `from` and `to` are about when it was raised and are included. `next`, ' +
          'where there is one, goes into `after`. `counts` are of all alerts, whatever is asked for. With `If-None-Match` ' +
          'the answer is 304 while nothing has changed.',
        querystring: AlertQuery,
        response: { 200: AlertList, 304: NotModified, ...problems },
      },
    },
    async (request, reply) => {
      const { from, to, after, limit, position, ...asked } = request.query
      if (from !== undefined && to !== undefined && from > to)
        throw new Problem('invalid-query', { errors: [{ path: 'from', message: 'must not be after `to`' }] })
      if (position !== undefined) await waitFor(position, PATIENCE_MS)
      // Looked at before the list, so that a change in between makes the next answer a new one.
      const changed = (await alerts.changedPosition()) ?? 'none'
      const tag = `"${changed}-${requestHash({ ...asked, from, to, after, limit }).slice(0, 16)}"`
      void reply.header('cache-control', 'private, no-cache').header('etag', tag)
      if (request.headers['if-none-match'] === tag) return reply.code(304).send(null)
      const [{ items, next }, counts] = await Promise.all([
        alerts.page({ ...asked, fromMs: from, toMs: to }, { after, limit }),
        alerts.counts(),
      ])
      return reply.send({
        items: items.map(alertView),
        ...(next === undefined ? {} : { next }),
        counts,
      })
    },
  )

  app.get(
    '/api/ops/alerts/:id',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'One alert: what was seen, what was expected, what to do next',
        description:
          'With its history, the newest steps of its order’s story, and `nextAction` as a code. With `position`, as an ' +
          'earlier reply gave it, the answer is at least as new.',
        params: IdParams,
        querystring: z.object({ position: Position.optional() }),
        response: { 200: AlertDetail, 304: NotModified, ...problems },
      },
    },
    async (request, reply) => {
      if (request.query.position !== undefined) await waitFor(request.query.position, PATIENCE_MS)
      const found = await alerts.byId(request.params.id)
      if (found === undefined) throw new Problem('alert-not-found')
      const alert = found.body
      const story = alert.orderId === undefined ? undefined : await timelines.byId(alert.orderId)
      const tag = `"${found.position}-${story?.position ?? 'none'}"`
      void reply.header('cache-control', 'private, no-cache').header('etag', tag)
      if (request.headers['if-none-match'] === tag) return reply.code(304).send(null)
      return reply.send({
        ...alertView(alert),
        history: historyOf(alert),
        nextAction: nextActionOf(alert),
        ...(alert.orderId === undefined
          ? {}
          : {
              links: {
                order: `/api/orders/${alert.orderId}`,
                timeline: `/api/orders/${alert.orderId}/timeline`,
              },
              timeline: (story?.body.entries ?? []).slice(-EXCERPT).map((entry) => ({
                at: iso(entry.at),
                type: entry.type,
                ...(entry.reason === undefined ? {} : { reason: entry.reason }),
                ...(entry.detail === undefined ? {} : { detail: entry.detail }),
                actor: entry.actor,
                eventId: entry.eventId,
              })),
            }),
        position: found.position,
      })
    },
  )
}
