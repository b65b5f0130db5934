import { z } from 'zod'
import { MerchantPaymentId, type OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { Verdict } from '#processmanagers/payment-confirmation/confirmations.ts'
import type { ChannelTokens } from '../channel-token.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import type { OrderReader, ReadOrder } from '../orders/order-reader.ts'
import { isEnded, isOwner, ORDER_STATUSES } from '../orders/order-view.ts'
import { qrPng, qrSvg } from '../orders/qr-code.ts'
import { refusalProblem } from '../orders/refusals.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import type { OrderChanges } from '../realtime/order-changes.ts'
import { IdParams, problems } from '../schemas.ts'
import { ACTING_STAFF, READING_STAFF } from '../staff-roles.ts'
import { orderFor, SignedOrderView, signedView } from './orders.ts'

const tags = ['payments']

/** How long "I have paid" may wait for the provider and for what follows from its answer. */
const REFRESH_PATIENCE_MS = 5_000

const RefreshedOrderView = SignedOrderView.extend({
  asked: z.enum(['succeeded', 'failed', 'not-paid', 'in-flight', 'unknown']).optional(),
})

const Picture = {
  description: 'The picture.',
  content: { 'image/png': { schema: z.unknown() }, 'image/svg+xml': { schema: z.string() } },
}

export interface PaymentRoutesOptions {
  readonly deps: ApiDependencies
  readonly reader: OrderReader
  readonly changes: OrderChanges
  readonly tokens: ChannelTokens
}

export const paymentRoutes = (app: ApiScope, options: PaymentRoutesOptions): void => {
  const { deps, reader, tokens } = options
  const { clock, newId, commands } = deps

  app.post(
    '/api/orders/:id/payments',
    {
      config: { access: { ownerOr: ACTING_STAFF } },
      schema: {
        tags,
        summary: 'Ask for a fresh code in place of the one shown',
        description:
          'Name the attempt that was shown to make pressing twice one renewal; the current one otherwise.',
        params: IdParams,
        body: z.object({ insteadOf: MerchantPaymentId.optional() }).nullish(),
        response: { 202: z.object({ orderId: z.string(), position: z.int() }), ...problems },
      },
    },
    async (request, reply) => {
      const { orderId, order: current } = await orderFor(request, reader, request.params.id)
      const customer = customerOf(request)
      const shown = request.body?.insteadOf ?? current.payment?.merchantPaymentId
      if (shown === undefined && current.paymentMethod === 'PAYPAY' && !isEnded(current))
        throw new Problem('payment-not-ready')
      const outcome = await commands.run(
        order,
        orderId,
        {
          type: 'RenewPayment',
          insteadOf: MerchantPaymentId.parse(shown ?? 'none'),
          requestedAtMs: clock.nowMs(),
        },
        {
          commandId: newId(),
          correlationId: orderId,
          causationId: request.id,
          actor: `${isOwner(customer, current) ? 'customer' : 'staff'}:${customer.customerId}`,
          ...traceOf(request.headers),
        },
      )
      if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
      return reply.code(202).send({ orderId, position: outcome.position })
    },
  )

  app.post(
    '/api/orders/:id/payments/refresh',
    {
      config: { access: { ownerOr: READING_STAFF } },
      schema: {
        tags,
        summary: '“I have paid”: ask the provider now',
        description:
          'Answers the order as it is then, and as `asked` what the provider said; `unknown`, also when it did not ' +
          'answer in time, is no bad news. `asked` is absent when there was nothing to ask about.',
        params: IdParams,
        response: { 200: RefreshedOrderView, ...problems },
      },
    },
    async (request, reply) => {
      const found = await orderFor(request, reader, request.params.id)
      const source = isOwner(customerOf(request), found.order) ? 'return' : 'operator'
      const { state, asked } = await refreshed(found, source, options)
      const view = await signedView(request, { ...state, orderId: found.orderId }, tokens, clock.nowMs())
      return reply
        .header('cache-control', 'no-store')
        .send({ ...view, ...(asked === undefined ? {} : { asked }) })
    },
  )

  app.get(
    '/api/payments/:id/qrcode',
    {
      config: { access: { ownerOr: READING_STAFF } },
      schema: {
        tags,
        summary: 'The code to scan, as PNG or SVG',
        description: '200 the picture, 202 when there is no code yet, 409 when there will be none.',
        params: IdParams,
        querystring: z.object({
          format: z.enum(['png', 'svg']).optional(),
          size: z.coerce.number().int().min(256).max(1_024).default(512),
        }),
        response: {
          200: Picture,
          202: z.object({ orderId: z.string(), status: z.enum(ORDER_STATUSES) }),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { order: current, orderId } = await orderFor(request, reader, request.params.id)
      void reply.header('cache-control', 'no-store').header('vary', 'Accept')
      const content = codeOf(current, clock.nowMs())
      if (content === undefined)
        return reply.code(202).header('retry-after', '1').send({ orderId, status: current.status })
      const { format = preferredFormat(request.headers.accept), size } = request.query
      return format === 'svg'
        ? reply.type('image/svg+xml').send(await qrSvg(content, size))
        : reply.type('image/png').send(await qrPng(content, size))
    },
  )
}

const preferredFormat = (accept: string | undefined): 'png' | 'svg' =>
  accept?.includes('image/svg+xml') === true && !accept.includes('image/png') ? 'svg' : 'png'

/** What can be paid now; undefined when it is on its way. */
const codeOf = (order: ReadOrder['order'], nowMs: number): string | undefined => {
  if (order.status === 'PAID' || order.status === 'REFUNDED') throw new Problem('order-already-paid')
  if (order.status === 'FAILED') throw new Problem('order-already-failed')
  if (order.status === 'CANCELLED') throw new Problem('order-already-cancelled')
  if (order.paymentMethod === 'WALLET') throw new Problem('no-payment-code')
  const { payment } = order
  if (payment === undefined || payment.status === 'REQUESTED' || payment.url === undefined) return undefined
  // A success whose order has not heard of it yet is no code to scan either, and neither is it the end.
  if (payment.status === 'SUCCEEDED') return undefined
  if (payment.status !== 'OPEN' || (payment.expiresAtMs ?? 0) <= nowMs)
    throw new Problem('payment-code-expired')
  return payment.url
}

interface Refreshed {
  readonly state: ReadOrder
  /** What the provider said; absent when there was nothing to ask about. */
  readonly asked?: Verdict
}

/** Asks about the current attempt and waits, bounded, for what a definite answer does to the order. */
const refreshed = async (
  found: ReadOrder & { readonly orderId: OrderId },
  source: 'return' | 'operator',
  { deps, reader, changes }: PaymentRoutesOptions,
): Promise<Refreshed> => {
  const { confirmations, clock, logger } = deps
  const { orderId, order: current } = found
  if (current.payment === undefined || current.paidAtMs !== undefined) return { state: found }
  const patienceMs = deps.refreshWithinMs ?? REFRESH_PATIENCE_MS
  const deadlineMs = clock.nowMs() + patienceMs
  const asked = confirmations.ask(MerchantPaymentId.parse(current.payment.merchantPaymentId), source)
  const verdict: Verdict = await within<Verdict>(clock, patienceMs, asked, 'unknown').catch(
    (error: unknown) => {
      logger.warn({ error: String(error), orderId }, 'Asking on behalf of a buyer failed')
      return 'unknown' as const
    },
  )
  if ((verdict !== 'succeeded' && verdict !== 'failed') || isEnded(current))
    return { state: (await reader.peek(orderId)) ?? found, asked: verdict }
  const state = await untilEnded(orderId, found, reader, changes, clock, deadlineMs)
  return { state, asked: verdict }
}

const untilEnded = async (
  orderId: OrderId,
  found: ReadOrder,
  reader: OrderReader,
  changes: OrderChanges,
  clock: ApiDependencies['clock'],
  deadlineMs: number,
): Promise<ReadOrder> => {
  let changed = (): void => {}
  const unwatch = changes.watch(orderId, () => {
    changed()
  })
  try {
    for (;;) {
      const change = new Promise<void>((resolve) => {
        changed = resolve
      })
      const state = (await reader.peek(orderId)) ?? found
      const leftMs = deadlineMs - clock.nowMs()
      if (isEnded(state.order) || leftMs <= 0) return state
      await within(clock, leftMs, change, undefined)
    }
  } finally {
    unwatch()
  }
}

/** What the work answers, or the fallback when it takes longer; the work goes on by itself. */
const within = async <T>(
  clock: ApiDependencies['clock'],
  limitMs: number,
  work: Promise<T>,
  fallback: T,
): Promise<T> => {
  let cancel = (): void => {}
  const limit = new Promise<T>((resolve) => {
    cancel = clock.timer(limitMs, () => {
      resolve(fallback)
    })
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    cancel()
  }
}
