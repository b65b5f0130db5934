import { z } from 'zod'
import { product } from '#domain/catalogue/aggregate.ts'
import { ProductId } from '#domain/ids.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { MAX_UNITS, type AdjustStock, type ReceiveStock, type StockRefusal } from '#domain/stock/commands.ts'
import type { StockState } from '#domain/stock/state.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { idempotencyKeyIn } from '../../idempotency-key.ts'
import type { ApiScope } from '../../instance.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem, type ProblemCode } from '../../problems.ts'
import { problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'
import { staffActor, STOCK_STAFF } from './staff-only.ts'
import { StockLevelsView, stockView } from './stock-view.ts'

const tags = ['ops']
const VISIBLE_WITHIN_MS = 3_000

/** What is on a delivery note or a counting sheet. */
const Reference = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')

const Receipt = z.strictObject({
  /** The same id again is booked once; made from the Idempotency-Key when absent. */
  receiptId: Reference.optional(),
  quantity: z.int().min(1).max(MAX_UNITS),
})
const Adjustment = z.strictObject({
  /** As `receiptId`. */
  adjustmentId: Reference.optional(),
  /** Added to what is available; negative for a loss. */
  delta: z
    .int()
    .min(-MAX_UNITS)
    .max(MAX_UNITS)
    .refine((delta) => delta !== 0, 'must not be 0'),
  reason: Reference,
})

const StockView = StockLevelsView.extend({ productId: z.string(), position: z.int().optional() })
const ProductParams = z.object({ productId: z.string().max(200) })

/** What there is of a product, from the log itself; goods coming in, and corrections. */
export const stockRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { commands, clock, newId, waitFor } = deps

  /** @throws Problem where the id is none of a product, listed or delisted. */
  const known = async (rawId: string): Promise<ProductId> => {
    const productId = ProductId.safeParse(rawId)
    if (productId.success && (await commands.recent(product, productId.data)).status !== 'none')
      return productId.data
    throw new Problem('product-not-found')
  }

  app.get(
    '/api/ops/stock/:productId',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'What there is of a product',
        params: ProductParams,
        response: { 200: StockView, ...problems },
      },
    },
    async (request, reply) => {
      const productId = await known(request.params.productId)
      const state = await commands.state(stock, productId)
      return reply.header('cache-control', 'no-store').send({ productId, ...levelsIn(state) })
    },
  )

  app.post(
    '/api/ops/stock/:productId',
    {
      config: { access: { staff: STOCK_STAFF } },
      attachValidation: true,
      schema: {
        tags,
        summary: 'Receive goods, or correct what there is',
        description:
          'Needs `Idempotency-Key`, or an id in the body; with either, a repeat changes nothing. The reply is the stock as it ' +
          'is now.',
        params: ProductParams,
        body: z.union([Receipt, Adjustment]),
        response: { 200: StockView, ...problems },
      },
    },
    async (request) => {
      const key = idempotencyKeyIn(request)
      const productId = await known(request.params.productId)
      const { customerId } = customerOf(request)
      const idFromKey = key === undefined ? undefined : derivedId('ops-stock', customerId, productId, key)
      const command = commandIn(request.body, idFromKey, productId, clock.nowMs())
      const outcome = await commands.run(stock, productId, command, {
        commandId: idFromKey ?? newId(),
        correlationId: productId,
        causationId: request.id,
        actor: staffActor({ customerId }),
        ...traceOf(request.headers),
      })
      if (outcome.kind === 'refused') throw problemOf(outcome.refusal, isOwnId(command, idFromKey))
      // The key was met before, with something else in the body.
      if (outcome.kind === 'unchanged' && !isBooked(outcome.state, command))
        throw new Problem('idempotency-key-reused')
      await waitFor(outcome.position, VISIBLE_WITHIN_MS)
      return { productId, ...levelsIn(outcome.state), position: outcome.position }
    },
  )
}

const levelsIn = (state: StockState): StockLevelsView =>
  stockView(
    state.status === 'none' ? { received: 0, adjusted: 0, available: 0, reserved: 0, sold: 0 } : state,
  )

/** The two shapes are told apart by what they must hold, so that a mistake is reported as one of the right shape. */
const commandIn = (
  body: unknown,
  idFromKey: string | undefined,
  productId: ProductId,
  atMs: number,
): ReceiveStock | AdjustStock => {
  const idOr = (given: string | undefined): string => {
    const id = given ?? idFromKey
    if (id === undefined) throw new Problem('idempotency-key-missing')
    return id
  }
  if (isAbout(body, 'delta') || isAbout(body, 'adjustmentId')) {
    const { adjustmentId, delta, reason } = parsed(Adjustment, body)
    return { type: 'AdjustStock', adjustmentId: idOr(adjustmentId), delta, reason, atMs }
  }
  const { receiptId, quantity } = parsed(Receipt, body)
  return { type: 'ReceiveStock', productId, receiptId: idOr(receiptId), quantity, atMs }
}

const isAbout = (body: unknown, member: string): boolean =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, member)

const parsed = <T>(shape: z.ZodType<T>, body: unknown): T => {
  const result = shape.safeParse(body)
  if (result.success) return result.data
  throw new Problem('validation-failed', {
    errors: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  })
}

const isOwnId = (command: ReceiveStock | AdjustStock, idFromKey: string | undefined): boolean =>
  (command.type === 'ReceiveStock' ? command.receiptId : command.adjustmentId) === idFromKey

const isBooked = (state: StockState, command: ReceiveStock | AdjustStock): boolean => {
  if (state.status === 'none') return false
  return command.type === 'ReceiveStock'
    ? state.receipts.get(command.receiptId) === command.quantity
    : state.adjustments.get(command.adjustmentId) === command.delta
}

const problemOf = (refusal: StockRefusal, isIdFromKey: boolean): Problem => {
  const codes: Partial<Record<StockRefusal, ProblemCode>> = {
    'receipt-differs': isIdFromKey ? 'idempotency-key-reused' : 'receipt-differs',
    'adjustment-differs': isIdFromKey ? 'idempotency-key-reused' : 'adjustment-differs',
    'unknown-product': 'nothing-received',
    'insufficient-stock': 'insufficient-stock',
    'quantity-out-of-range': 'stock-quantity-out-of-range',
  }
  const code = codes[refusal]
  if (code === undefined) throw new Error(`Neither a receipt nor an adjustment is refused as ${refusal}`)
  return new Problem(code)
}
