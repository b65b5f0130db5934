import { account } from '#domain/account/aggregate.ts'
import { impossible } from '#domain/decider.ts'
import { OrderId, ProductId } from '#domain/ids.ts'
import type { Money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { MAX_UNITS } from '#domain/stock/commands.ts'
import type { CommandContext } from '#platform/commands/runner.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { OrderSummary } from '#projections/order-summary/document.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { OrderReader } from '../../orders/order-reader.ts'
import { refusalProblem } from '../../orders/refusals.ts'
import { requestHash } from '../../request-hash.ts'
import { fundsDepositing } from '../../wallet/deposit-funds.ts'
import { customerOfUser } from './callers.ts'

/** The words of Gozon and HW4 for how an order is. */
export type ForeignStatus = 'NEW' | 'FINISHED' | 'CANCELLED'

export interface ForeignOrder {
  readonly id: string
  readonly userId: string
  readonly amount: Money
  readonly description: string
  readonly status: ForeignStatus
  /** Kessai's own word for why it did not come to pass. */
  readonly failureReason?: string
}

/** One request of another system's client. The key is theirs, or made up: they know none. */
export interface ForeignRequest {
  readonly userId: string
  readonly key: string
  readonly causation: Pick<CommandContext, 'causationId' | 'traceparent'>
}

/** What the shop does for clients of other systems: accounts and orders over amounts, without a catalogue. */
export interface ForeignCounter {
  readonly deposit: (request: ForeignRequest, amount: Money) => Promise<void>
  readonly balance: (userId: string) => Promise<Money>
  readonly order: (request: ForeignRequest, amount: Money, description: string) => Promise<ForeignOrder>
  readonly find: (userId: string, id: string) => Promise<ForeignOrder | undefined>
  /** Newest first, a hundred at most. */
  readonly list: (userId: string) => Promise<readonly ForeignOrder[]>
}

/** What every such order is one unit of: it is in no catalogue, and there is always enough of it. */
const SERVICE = ProductId.parse('compatibility-order')
const PATIENCE_MS = 2_000
const MOST_LISTED = 100

export const foreignCounter = (deps: ApiDependencies, reader: OrderReader): ForeignCounter => {
  const { clock, commands, config, newId, readStore, waitFor } = deps
  const payIn = fundsDepositing(deps)
  const summaries = orderSummaryQueries(readStore)
  let newest: Position | undefined

  let stocked: Promise<unknown> | undefined
  const stockUp = async (): Promise<void> => {
    stocked ??= commands.run(
      stock,
      SERVICE,
      {
        type: 'ReceiveStock',
        productId: SERVICE,
        receiptId: 'all',
        quantity: MAX_UNITS,
        atMs: clock.nowMs(),
      },
      { commandId: newId(), correlationId: SERVICE, causationId: SERVICE, actor: 'system:compatibility' },
    )
    await stocked.catch((error: unknown) => {
      stocked = undefined
      throw error
    })
  }

  const find: ForeignCounter['find'] = async (userId, id) => {
    const orderId = OrderId.safeParse(id)
    const found = orderId.success ? await reader.read(orderId.data) : undefined
    return found?.order.customerId === customerOfUser(userId) ? foreignly(userId, found.order) : undefined
  }

  return {
    find,
    deposit: async ({ userId, key, causation }, amount) => {
      const customerId = customerOfUser(userId)
      const actor = `customer:${customerId}`
      await payIn({ customerId, amount, idempotencyKey: key, actor, request: causation })
    },
    balance: async (userId) => {
      const state = await commands.state(account, customerOfUser(userId))
      return state.status === 'none'
        ? { amountMinor: 0, currency: config.COMPATIBILITY_CURRENCY }
        : { amountMinor: state.balanceMinor, currency: state.currency }
    },
    order: async ({ userId, key, causation }, amount, description) => {
      await stockUp()
      const customerId = customerOfUser(userId)
      const orderId = OrderId.parse(derivedId('order', customerId, key))
      const outcome = await commands.run(
        order,
        orderId,
        {
          type: 'PlaceOrder',
          orderId,
          customerId,
          requestHash: requestHash({ amount, description }),
          lines: [
            { productId: SERVICE, title: description, quantity: 1, unitPrice: amount, taxRatePercent: 0 },
          ],
          paymentMethod: 'WALLET',
          locale: 'en',
          placedAtMs: clock.nowMs(),
          paymentWindowMs: config.PAYMENT_WINDOW_MS,
        },
        { commandId: newId(), correlationId: orderId, actor: `customer:${customerId}`, ...causation },
        { expectNew: true },
      )
      if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
      newest = Math.max(newest ?? 0, outcome.position)
      const placed = { id: orderId, userId, amount, description, status: 'NEW' } as const
      return outcome.kind === 'accepted' ? placed : ((await find(userId, orderId)) ?? placed)
    },
    list: async (userId) => {
      if (newest !== undefined) await waitFor(newest, PATIENCE_MS)
      const { items } = await summaries.ofCustomer({
        customerId: customerOfUser(userId),
        page: 1,
        size: MOST_LISTED,
      })
      return items.map((item) => foreignly(userId, item))
    },
  }
}

const foreignly = (
  userId: string,
  { orderId, total, lines, status, failureReason }: OrderSummary,
): ForeignOrder => ({
  id: orderId,
  userId,
  amount: total,
  description: lines[0]?.title ?? '',
  status: statusOf(status),
  ...(failureReason === undefined ? {} : { failureReason }),
})

const statusOf = (status: OrderSummary['status']): ForeignStatus => {
  switch (status) {
    case 'PENDING':
    case 'WAITING_PAYMENT':
      return 'NEW'
    case 'PAID':
    // Their systems know no way back of money; what was bought was paid.
    case 'REFUNDED':
      return 'FINISHED'
    case 'FAILED':
    case 'CANCELLED':
      return 'CANCELLED'
    default:
      return impossible(status)
  }
}
