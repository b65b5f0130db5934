import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { cart, KEPT_CARTS } from '#domain/cart/aggregate.ts'
import { cartCodec } from '#domain/cart/codec.ts'
import type { CartCommand } from '#domain/cart/commands.ts'
import { leftOut, linesOf, sameLines } from '#domain/cart/decider.ts'
import type { CartLine } from '#domain/cart/events.ts'
import type { CustomerId } from '#domain/ids.ts'
import { MAX_LINES } from '#domain/order/commands.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { Items } from '../items.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import { ProblemSchema, problems } from '../schemas.ts'

const tags = ['cart']

/** The version of a cart that was never written. */
const NEVER_WRITTEN = -1

const Line = z.object({ productId: z.string(), quantity: z.int() })
const CartView = z.object({
  items: z.array(Line).readonly(),
  /** Grows with every change; -1 before the first one. */
  version: z.int().min(NEVER_WRITTEN),
})
type CartView = z.infer<typeof CartView>

const ChangedCart = CartView.extend({
  /** Only after a merge: lines that found no room among the cart's. */
  leftOut: z.array(Line).readonly().optional(),
})

const CartRequest = z.object({
  items: Items,
  /** Adds the items to the cart instead of putting them in its place; `expectedVersion` is then passed over. */
  merge: z.boolean().optional(),
  /** The version the page shows: another one by now is answered with 409 instead of being overwritten. */
  expectedVersion: z.int().min(NEVER_WRITTEN).optional(),
})

/** A customer's own cart. Which products exist and what they cost is the page's to look up. */
export const cartRoutes = (app: ApiScope, { commands, eventStore, newId }: ApiDependencies): void => {
  /** The newest event is the whole cart. */
  const held = async (
    customerId: CustomerId,
  ): Promise<CartView & { readonly items: readonly CartLine[] }> => {
    const newest = await eventStore.last(`${cart.category}-${customerId}`)
    if (newest === undefined) return { items: [], version: NEVER_WRITTEN }
    const { type, metadata, data, revision } = newest
    return { items: cartCodec.decode(type, metadata.schemaVersion, data).data.items, version: revision }
  }

  const change = async (
    request: FastifyRequest,
    customerId: CustomerId,
    command: CartCommand,
  ): Promise<z.infer<typeof ChangedCart>> => {
    const outcome = await commands.run(cart, customerId, command, {
      commandId: newId(),
      correlationId: customerId,
      causationId: request.id,
      actor: `customer:${customerId}`,
      ...traceOf(request.headers),
    })
    if (outcome.kind === 'refused')
      throw outcome.refusal === 'cart-changed'
        ? changedElsewhere(await held(customerId))
        : new Problem(outcome.refusal)
    const { state, revision } = outcome
    const view = { items: linesOf(state), version: revision }
    const without = command.type === 'MergeCart' ? leftOut(state, command.items) : []
    return without.length === 0 ? view : { ...view, leftOut: without }
  }

  app.get(
    '/api/cart',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'My cart',
        description:
          'The same on every device. `version` is -1 until something was put in for the first time.',
        response: { 200: CartView, ...problems },
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await held(customerOf(request).customerId)),
  )

  app.put(
    '/api/cart',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'Change my cart',
        description:
          'Puts the items in place of the cart, or with `merge` adds them: per product the larger quantity, what was ' +
          `there first, up to ${MAX_LINES} lines; what finds no room is answered as \`leftOut\`. The same call again ` +
          'changes nothing.',
        body: CartRequest,
        response: {
          200: ChangedCart,
          409: {
            description: '`cart-changed`: another device was faster; `cart` is what it holds now.',
            content: { 'application/problem+json': { schema: ProblemSchema.extend({ cart: CartView }) } },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request)
      const { items, merge = false, expectedVersion } = request.body
      const before = await held(customerId)
      // A repeat of a change that was made finds a newer version, and its own items in it.
      const isStale = expectedVersion !== undefined && expectedVersion !== before.version
      if (!merge && isStale && !sameLines(before.items, items)) throw changedElsewhere(before)
      // Before the first event, so that no crash leaves a stream without its bound.
      if (before.version === NEVER_WRITTEN && items.length > 0)
        await eventStore.keepOnly(`${cart.category}-${customerId}`, KEPT_CARTS)
      const command: CartCommand = merge
        ? { type: 'MergeCart', items }
        : {
            type: 'ReplaceCart',
            items,
            ...(expectedVersion === undefined ? {} : { insteadOf: before.items }),
          }
      return reply.header('cache-control', 'no-store').send(await change(request, customerId, command))
    },
  )
}

const changedElsewhere = ({ items, version }: CartView): Problem =>
  new Problem('cart-changed', { more: { cart: { items, version } } })
