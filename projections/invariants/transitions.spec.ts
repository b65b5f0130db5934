import { describe, expect, it } from 'vitest'
import { product } from '#domain/catalogue/aggregate.ts'
import * as products from '#domain/catalogue/samples.ts'
import type { Aggregate, DomainEvent } from '#domain/decider.ts'
import { merchantPaymentIdOf, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { isPaid, type OrderState } from '#domain/order/decider.ts'
import * as orders from '#domain/order/samples.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import * as payments from '#domain/payment/samples.ts'
import { stock } from '#domain/stock/aggregate.ts'
import * as stocks from '#domain/stock/samples.ts'
import { checkoutPlan, type CheckoutState } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { ORDER_REFUND, REFUND, TRANSITIONS, type Transitions } from './transitions.ts'

/** Far more states than a few commands can lead to. */
const MOST_STATES = 5_000

/**
 * All transitions a decider makes under these commands, in any order and number, as `before -Event-> after`. States
 * are told apart by what they hold, so this ends when the commands lead nowhere new, or after `depth` of them.
 */
const decided = <S, C, E extends DomainEvent, R>(
  { decider }: Aggregate<S, C, E, R>,
  commands: readonly C[],
  nameOf: (state: S, event: E) => string | undefined,
  depth = 6,
): string[] => {
  const transitions = new Set<string>()
  const known = new Set<string>()
  let frontier: S[] = [decider.initial]
  for (let length = 0; length < depth && frontier.length > 0; length += 1) {
    const next: S[] = []
    for (const state of frontier)
      for (const command of commands) {
        const decision = decider.decide(state, command)
        if (decision.kind !== 'accepted') continue
        let reached = state
        for (const event of decision.events) {
          const before = nameOf(reached, event)
          reached = decider.evolve(reached, event)
          const after = nameOf(reached, event)
          if (before !== undefined && after !== undefined)
            transitions.add(`${before} -${event.type}-> ${after}`)
        }
        const key = JSON.stringify(reached)
        if (known.has(key)) continue
        known.add(key)
        next.push(reached)
      }
    frontier = next
    expect(known.size).toBeLessThan(MOST_STATES)
  }
  return [...transitions].toSorted()
}

const listed = (table: Transitions | undefined): string[] =>
  Object.entries(table?.rows ?? {})
    .flatMap(([before, row]) => Object.entries(row).map(([type, after]) => `${before} -${type}-> ${after}`))
    .toSorted()

const nameOfOrder = (state: OrderState): string =>
  state.status === 'WAITING_PAYMENT' && state.renewingTo !== undefined ? 'renewing' : state.status

const nameOfPayment = (state: PaymentState): string => {
  if (state.status === 'failed' && state.givenUp !== undefined) return 'failed orphan'
  if (state.status !== 'open') return state.status
  if (state.code.deleted && state.lapsed) return 'deleted and lapsed'
  if (state.lapsed) return 'lapsed'
  return state.code.deleted ? 'deleted' : 'open'
}

const nameOfCheckout = (state: CheckoutState): string =>
  state.status === 'open' && state.shortage !== undefined ? 'short of stock' : state.status

const DAY_MS = 24 * 60 * 60_000

const PAYMENT_COMMANDS = [
  payments.requestPayment,
  payments.issueCode,
  payments.rejectRequest,
  payments.recordCodeDeleted,
  payments.lapseCode,
  payments.orphanAttempt,
  payments.recordCancelAnswer('not-reversible'),
  payments.recordCancelAnswer('accepted'),
  payments.observe(payments.completed),
  // Long after every cancel has taken effect.
  { ...payments.observe(payments.completed), atMs: payments.AT_MS + 2 * DAY_MS },
  payments.observe(payments.saying('FAILED')),
  payments.observe(payments.saying('not-found')),
  payments.requestRefund('r1', 400),
  payments.completeRefund('r1'),
  payments.rejectRefund('r1'),
]

const checkoutStart = {
  type: 'StartCheckout' as const,
  orderId: orders.orderId,
  lines: [{ productId: ProductId.parse('kettle'), quantity: 1 }],
  amount: orders.total,
  windowEndsAtMs: 1,
  placedEventId: 'e',
  atMs: 0,
}

const STAFF_COMMANDS = [
  orders.requestRefund('a', money(760, 'JPY')),
  orders.requestRefund('a'),
  orders.completeRefund('a'),
  orders.rejectRefund('a'),
]

describe('the table of legal transitions is what the deciders do', () => {
  it('to an order', () => {
    const commands = [
      orders.placeOrder,
      orders.awaitPayment(1),
      orders.awaitPayment(2),
      orders.renewPayment(1),
      orders.confirmPayment(1),
      orders.confirmPayment(2, money(1, 'JPY')),
      orders.failOrder,
      orders.cancelOrder,
      ...STAFF_COMMANDS,
    ]
    expect(decided(order, commands, nameOfOrder)).toStrictEqual(listed(TRANSITIONS['order']))
  })

  it('to a payment', () => {
    expect(decided(payment, PAYMENT_COMMANDS, nameOfPayment)).toStrictEqual(listed(TRANSITIONS['payment']))
  })

  it('to a refund', () => {
    const nameOf = (state: PaymentState, { type }: DomainEvent) =>
      type.startsWith('Refund') && state.status === 'succeeded'
        ? (state.refunds.get('r1')?.status ?? 'none')
        : undefined
    expect(decided(payment, PAYMENT_COMMANDS, nameOf)).toStrictEqual(listed(REFUND))
  })

  it('to a refund by staff', () => {
    const commands = [orders.placeOrder, orders.confirmPayment(1), ...STAFF_COMMANDS]
    const nameOf = (state: OrderState, { type }: DomainEvent) =>
      isPaid(state) && type !== 'OrderPaid'
        ? (state.refunds.get(orders.refundIdOf('a'))?.status ?? 'none')
        : undefined
    const made = decided(order, commands, nameOf).filter((one) => !one.includes('-Surplus'))
    expect(made).toStrictEqual(listed(ORDER_REFUND))
  })

  it('to stock', () => {
    const commands = [
      stocks.receive('r1', 5),
      stocks.receive('r2', 5),
      stocks.reserve('a', 2),
      stocks.confirm('a'),
      stocks.release('a'),
      stocks.adjust('j1', 1),
      stocks.giveBack('b1', 1),
    ]
    expect(decided(stock, commands, ({ status }) => status)).toStrictEqual(listed(TRANSITIONS['stock']))
  })

  it('to a product', () => {
    const commands = [
      products.list,
      products.reprice(1),
      products.describeProduct,
      products.attach('a'),
      products.revise({ isOnSale: false }),
      products.revise({ price: money(13_000, 'JPY'), picture: products.pictureOf('b') }),
      products.delist,
    ]
    expect(decided(product, commands, ({ status }) => status)).toStrictEqual(listed(TRANSITIONS['product']))
  })

  it('to a checkout', () => {
    const commands = [
      checkoutStart,
      { type: 'MeetShortage', productId: ProductId.parse('kettle'), atMs: 0 },
      { type: 'ChooseAttempt', attempt: 2, because: 'renewal', atMs: 0 },
      { type: 'EndCheckout', outcome: 'FAILED', atMs: 0 },
    ] as const
    expect(decided(checkoutPlan, commands, nameOfCheckout)).toStrictEqual(listed(TRANSITIONS['checkout']))
  })

  it('to a confirmation', () => {
    const commands = [
      {
        type: 'OpenConfirmation',
        merchantPaymentId: merchantPaymentIdOf(orders.orderId, 1),
        orderId: orders.orderId,
        windowEndsAtMs: 1,
        requestedEventId: 'e',
        atMs: 0,
      },
      { type: 'CloseConfirmation', reason: 'succeeded', atMs: 0 },
    ] as const
    expect(decided(watch, commands, ({ status }) => status)).toStrictEqual(
      listed(TRANSITIONS['confirmation']),
    )
  })

  it('and no other stream has a table', () => {
    expect(Object.keys(TRANSITIONS).toSorted()).toStrictEqual(
      [order, payment, stock, product, checkoutPlan, watch].map(({ category }) => category).toSorted(),
    )
  })
})
