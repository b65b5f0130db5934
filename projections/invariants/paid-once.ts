import { sameMoney, times, type Money } from '#domain/money/money.ts'
import type { OrderLine } from '#domain/order/events.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type Finding, type KeyedRule } from './rule.ts'

interface Success {
  readonly paymentId: string
  readonly amount: Money
}

type PaidOnce =
  | {
      readonly status: 'unpaid'
      readonly total?: Money
      /** By merchantPaymentId. */
      readonly successes: Readonly<Record<string, Success>>
    }
  | { readonly status: 'paid' }

const NOTHING: PaidOnce = { status: 'unpaid', successes: {} }
const PAID: PaidOnce = { status: 'paid' }

/**
 * I2: a paid order has exactly one successful payment, of its own amount and currency, and that success came first. Its
 * total is the sum of its lines, and no attempt asks for anything else. What becomes of a second success is I3.
 */
export const paidOnce: KeyedRule<PaidOnce> = {
  name: 'I2',
  counts: 'orders',
  key: (fact) => {
    switch (fact.event?.type) {
      case 'OrderPlaced':
      case 'PaymentRequested':
      case 'PaymentSucceeded':
      case 'OrderPaid':
        return caseOf(fact)
      default:
        return undefined
    }
  },
  see: (state = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I2', fact, orderId)
    switch (event?.type) {
      case 'OrderPlaced': {
        const { total, lines } = event.data
        return step(
          state.status === 'paid' ? state : { ...state, total },
          differing(totalOf(lines, total.currency), total, (facts) =>
            found('The total of an order is not the sum of its lines', facts),
          ),
        )
      }
      case 'PaymentRequested':
        return step(
          state,
          state.status === 'paid' || state.total === undefined
            ? undefined
            : differing(state.total, event.data.amount, (facts) =>
                found('An attempt asks for another amount than the total of its order', facts),
              ),
        )
      case 'PaymentSucceeded': {
        if (state.status === 'paid') return step(state)
        const { paymentId, amount } = event.data
        const successes = { ...state.successes, [idIn(recorded.stream)]: { paymentId, amount } }
        return step({ ...state, successes })
      }
      case 'OrderPaid': {
        const { merchantPaymentId, paymentId, amount } = event.data
        if (state.status === 'paid')
          return step(state, found('An order that is paid was paid again', { merchantPaymentId }))
        const success = state.successes[merchantPaymentId]
        return step(
          PAID,
          state.total === undefined
            ? found('An order was paid that was never placed', { merchantPaymentId })
            : differing(state.total, amount, (facts) =>
                found('An order was paid with another amount than its total', facts),
              ),
          success === undefined
            ? found('An order was paid by an attempt that took no money', { merchantPaymentId })
            : differing(success.amount, amount, (facts) =>
                found('An order was paid with another amount than the attempt took', facts),
              ),
          success === undefined || success.paymentId === paymentId
            ? undefined
            : found('An order was paid under another payment id than the attempt has', {
                expected: success.paymentId,
                found: paymentId,
              }),
        )
      }
      default:
        return step(state)
    }
  },
}

const differing = (
  expected: Money,
  amount: Money,
  found: (facts: Finding['facts']) => Finding,
): Finding | undefined =>
  sameMoney(expected, amount) ? undefined : found({ expected: told(expected), found: told(amount) })

/** Lines of another currency count for nothing, so that they show as a difference. */
const totalOf = (lines: readonly OrderLine[], currency: string): Money => ({
  amountMinor: lines
    .filter(({ unitPrice }) => unitPrice.currency === currency)
    .reduce((sum, { unitPrice, quantity }) => sum + times(unitPrice, quantity).amountMinor, 0),
  currency,
})
