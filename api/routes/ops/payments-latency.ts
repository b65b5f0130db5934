import { z } from 'zod'
import { PROMISE_MS } from '#projections/payment-latency/document.ts'
import { LONGEST_SPAN_HOURS, paymentLatencyQueries } from '#projections/payment-latency/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { iso } from '../../orders/order-view.ts'
import { problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONGEST_SPAN_MS = (LONGEST_SPAN_HOURS - 1) * HOUR_MS

const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const Span = z
  .object({ from: Moment.optional(), to: Moment.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    message: 'must be before `to`',
    path: ['from'],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || to - from <= LONGEST_SPAN_MS, {
    message: 'at most 31 days before `to`',
    path: ['from'],
  })

const Latency = z.object({
  from: z.string(),
  to: z.string(),
  promiseMs: z.int(),
  orders: z.int(),
  withinPromise: z.int(),
  shareWithinPromise: z.number().optional(),
  p50Ms: z.int().optional(),
  p95Ms: z.int().optional(),
  p99Ms: z.int().optional(),
  slowest: z.object({ orderId: z.string(), latencyMs: z.int() }).optional(),
})

/** Whether the promise is kept: how long payments take from the provider's acceptance to PAID. */
export const paymentsLatencyRoute = (app: ApiScope, { readStore, clock }: ApiDependencies): void => {
  const latencies = paymentLatencyQueries(readStore)

  app.get(
    '/api/ops/payments/latency',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags: ['ops'],
        summary: 'From a payment’s completion to PAID: percentiles, and the share within 60 s',
        description:
          'Whole hours of UTC, from the one `from` lies in to the one `to` lies in; the last 24 hours unless told, at ' +
          'most 31 days. Times start at PayPay’s `acceptedAt`, which has whole seconds, so they are up to a second too ' +
          'long and never too short; percentiles are rounded up to the edge of the range they were counted in.',
        querystring: Span,
        response: { 200: Latency, ...problems },
      },
    },
    async (request, reply) => {
      const { from, to } = request.query
      const toMs = to ?? (from === undefined ? clock.nowMs() : Math.min(from + DAY_MS, clock.nowMs()))
      // A `from` that is still to come is answered by its own, empty hour.
      const fromMs = Math.min(from ?? toMs - DAY_MS, toMs - 1)
      const endMs = Math.ceil(toMs / HOUR_MS) * HOUR_MS
      const beginMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS
      const latency = await latencies.between(beginMs, endMs)
      return reply
        .header('cache-control', 'no-store')
        .send({ from: iso(beginMs), to: iso(endMs), promiseMs: PROMISE_MS, ...latency })
    },
  )
}
