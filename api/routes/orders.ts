import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import { orderTimelineQueries } from '#projections/order-timeline/queries.ts'
import type { ChannelTokens } from '../channel-token.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { localeOf } from '../locale.ts'
import type { Offers } from '../offers.ts'
import type { OrderReader, ReadOrder } from '../orders/order-reader.ts'
import { idempotencyKeyOf, needsIdempotencyKey } from '../idempotency-key.ts'
import { OrderRequest } from '../orders/order-request.ts'
import {
  isOwner,
  iso,
  MoneyView,
  ORDER_STATUSES,
  orderView,
  OrderView,
  viewerOf,
} from '../orders/order-view.ts'
import { orderPlacing } from '../orders/place-order.ts'
import { Recipient, recipients } from '../orders/recipient.ts'
import { refusalProblem } from '../orders/refusals.ts'
import { isAdmittedTo } from '../plugins/access.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf, sessionKey } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import { IdParams, pageOf, PageQuery, Position, problems } from '../schemas.ts'
import { ACTING_STAFF, READING_STAFF } from '../staff-roles.ts'

const tags = ['orders']

export interface OrderRoutesOptions {
  readonly deps: ApiDependencies
  readonly reader: OrderReader
  readonly offers: Offers
  readonly tokens: ChannelTokens
}

const PlacedReply = z.object({
  orderId: z.string(),
  status: z.literal('PENDING'),
  amount: MoneyView,
  channelToken: z.string(),
  position: z.int(),
})

export const SignedOrderView = OrderView.extend({
  /** For `WS /ws/orders`; good for a quarter of an hour. */
  channelToken: z.string(),
})
/** A list is no place to wait for news of one order, so its entries have no position of their own. */
const ListedOrder = OrderView.omit({ position: true })
const OrderQuery = z.object({ position: Position.optional() })

/**
 * The order at this address, if it is this customer's or the route says that their role may.
 * @throws Problem `order-not-found`, the same for an order that is not there and for somebody else's.
 */
export const orderFor = async (
  request: FastifyRequest,
  reader: OrderReader,
  rawId: string,
  options: { readonly notBefore?: number | undefined } = {},
): Promise<ReadOrder & { readonly orderId: OrderId }> => {
  const orderId = OrderId.safeParse(rawId)
  const found = orderId.success ? await reader.read(orderId.data, options.notBefore) : undefined
  if (!orderId.success || found === undefined || !isAdmittedTo(request, found.order.customerId))
    throw new Problem('order-not-found')
  return { ...found, orderId: orderId.data }
}

export const orderRoutes = (app: ApiScope, { deps, reader, offers, tokens }: OrderRoutesOptions): void => {
  const { clock, newId, commands, metrics, readStore } = deps
  const place = orderPlacing(deps, offers)
  const summaries = orderSummaryQueries(readStore)
  const timelines = orderTimelineQueries(readStore)
  const recipientOf = recipients(deps)

  app.post(
    '/api/orders',
    {
      config: { access: 'self' },
      preValidation: needsIdempotencyKey,
      schema: {
        tags,
        summary: 'Place an order',
        description:
          'Needs `Idempotency-Key`: a repeat with the same key and body answers the same order. Stock is not looked at ' +
          'yet; a shortage arrives later as FAILED.',
        body: OrderRequest,
        response: { 201: PlacedReply, ...problems },
      },
    },
    async (request, reply) => {
      const customer = customerOf(request)
      try {
        const placed = await place({
          customer,
          idempotencyKey: idempotencyKeyOf(request),
          body: request.body,
          locale: localeOf(request),
          request: { causationId: request.id, ...traceOf(request.headers) },
        })
        metrics.ordersPlaced.inc({ outcome: placed.isRepeat ? 'repeated' : 'placed' })
        const { orderId, amount, position } = placed
        const channelToken = await tokens.issue({
          orderId,
          sessionKey: sessionKey(request.session.sessionId),
        })
        return await reply
          .code(201)
          .header('location', `/api/orders/${orderId}`)
          .send({ orderId, status: 'PENDING', amount, channelToken, position })
      } catch (error) {
        metrics.ordersPlaced.inc({ outcome: error instanceof Problem ? error.code : 'unavailable' })
        throw error
      }
    },
  )

  app.get(
    '/api/orders',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'My orders, newest first',
        querystring: PageQuery.extend({
          status: z.enum(ORDER_STATUSES).optional(),
          position: Position.optional(),
        }),
        response: { 200: pageOf(ListedOrder), ...problems },
      },
    },
    async (request, reply) => {
      const { page, size, status, position } = request.query
      const { customerId } = customerOf(request)
      if (position !== undefined) await deps.waitFor(position, LIST_PATIENCE_MS)
      const found = await summaries.ofCustomer({
        customerId,
        page,
        size,
        ...(status === undefined ? {} : { status }),
      })
      const now = clock.nowMs()
      return reply.header('cache-control', 'no-store').send({
        ...found,
        items: found.items.map((item) => {
          const { position: _position, ...view } = orderView(
            { order: item, position: item.placedPosition },
            now,
            { isStaff: false },
          )
          return view
        }),
      })
    },
  )

  app.get(
    '/api/orders/:id',
    {
      config: { access: { ownerOr: READING_STAFF } },
      schema: {
        tags,
        summary: 'One order',
        params: IdParams,
        querystring: OrderQuery,
        response: { 200: SignedOrderView, ...problems },
      },
    },
    async (request, reply) => {
      const found = await orderFor(request, reader, request.params.id, { notBefore: request.query.position })
      return reply
        .header('cache-control', 'no-store')
        .send(await signedView(request, found, tokens, clock.nowMs()))
    },
  )

  app.get(
    '/api/orders/:id/timeline',
    {
      config: { access: { ownerOr: READING_STAFF } },
      schema: {
        tags,
        summary: 'What happened to one order, oldest first',
        params: IdParams,
        querystring: OrderQuery,
        response: { 200: TimelineView, ...problems },
      },
    },
    async (request, reply) => {
      const { orderId } = await orderFor(request, reader, request.params.id, {
        notBefore: request.query.position,
      })
      const { isStaff } = viewerOf(customerOf(request))
      const entries = (await timelines.byId(orderId))?.body.entries ?? []
      return reply.header('cache-control', 'no-store').send({
        orderId,
        items: entries.map(({ at, staff, ...entry }) => ({
          at: iso(at),
          ...entry,
          ...(isStaff && staff !== undefined ? { staff } : {}),
        })),
        total: entries.length,
      })
    },
  )

  app.get(
    '/api/orders/:id/recipient',
    {
      config: { access: { ownerOr: [] } },
      schema: {
        tags,
        summary: 'Whom my order goes to',
        description:
          'Contact and delivery as they were given, for the buyer alone. Both are absent, and `forgotten` is true, once ' +
          'the buyer asked to be forgotten.',
        params: IdParams,
        response: { 200: Recipient, ...problems },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request)
      const orderId = OrderId.safeParse(request.params.id)
      const recipient = orderId.success ? await recipientOf(orderId.data, customerId) : undefined
      if (recipient === undefined) throw new Problem('order-not-found')
      return reply.header('cache-control', 'no-store').send(recipient)
    },
  )

  app.post(
    '/api/orders/:id/cancel',
    {
      config: { access: { ownerOr: ACTING_STAFF } },
      schema: {
        tags,
        summary: 'Call an unpaid order off',
        params: IdParams,
        response: {
          200: z.object({ orderId: z.string(), status: z.enum(ORDER_STATUSES), position: z.int() }),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { orderId, order: current } = await orderFor(request, reader, request.params.id)
      const customer = customerOf(request)
      const by = isOwner(customer, current) ? 'customer' : 'staff'
      const outcome = await commands.run(
        order,
        orderId,
        { type: 'CancelOrder', by, atMs: clock.nowMs() },
        {
          commandId: newId(),
          correlationId: orderId,
          causationId: request.id,
          actor: `${by}:${customer.customerId}`,
          ...traceOf(request.headers),
        },
      )
      if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
      if (outcome.state.status === 'none') throw new Problem('order-not-found')
      return reply.send({ orderId, status: outcome.state.status, position: outcome.position })
    },
  )
}

const LIST_PATIENCE_MS = 2_000

const TimelineView = z.object({
  orderId: z.string(),
  items: z
    .array(
      z.object({
        at: z.string(),
        type: z.string(),
        reason: z.string().optional(),
        actor: z.string(),
        eventId: z.string(),
        position: z.int(),
        detail: z.string().optional(),
        /** For staff alone: which member of staff it was, and the note they left. */
        staff: z.object({ by: z.string(), note: z.string().optional() }).optional(),
      }),
    )
    .readonly(),
  total: z.int(),
})

/** The order with a token for following it, bound to the session that asks. */
export const signedView = async (
  request: FastifyRequest,
  found: ReadOrder & { readonly orderId: OrderId },
  tokens: ChannelTokens,
  nowMs: number,
): Promise<z.infer<typeof SignedOrderView>> => ({
  ...orderView(found, nowMs, viewerOf(customerOf(request))),
  channelToken: await tokens.issue({
    orderId: found.orderId,
    sessionKey: sessionKey(request.session.sessionId),
  }),
})
