import type { Money } from '#domain/money/money.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type KeyedRule } from './rule.ts'

interface Purse {
  readonly holds: Money
  /** Minor units by refund id, of what is on its way back or back. */
  readonly refunds: Readonly<Record<string, number>>
}

interface Purses {
  /** By merchantPaymentId, and under the order's own name what staff may give back of it. */
  readonly purses: Readonly<Record<string, Purse>>
  /** By refund id, the payment that it was first asked of. */
  readonly askedOf: Readonly<Record<string, string>>
}

const NOTHING: Purses = { purses: {}, askedOf: {} }

const TYPES: ReadonlySet<string> = new Set([
  'OrderPaid',
  'OrderRefundRequested',
  'OrderRefundRejected',
  'PaymentSucceeded',
  'RefundRequested',
  'RefundRejected',
])

/**
 * I11: what is on its way back of a payment or already back is never more than was taken, nor more than the order was
 * paid with; and one refund id is one refund of one payment. Found when it is asked for, before any money moves.
 */
export const refundsWithinPayments: KeyedRule<Purses> = {
  name: 'I11',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (state = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I11', fact, orderId)
    const name = idIn(recorded.stream)
    const purse = state.purses[name]
    switch (event?.type) {
      case 'OrderPaid':
      case 'PaymentSucceeded':
        return step(withPurse(state, name, { holds: event.data.amount, refunds: purse?.refunds ?? {} }))
      case 'OrderRefundRequested':
      case 'RefundRequested': {
        const { refundId, amount } = event.data
        const refunds = { ...purse?.refunds, [refundId]: amount.amountMinor }
        const askedMinor = Object.values(refunds).reduce((sum, minor) => sum + minor, 0)
        const holds = purse?.holds
        const isOfPayment = event.type === 'RefundRequested'
        const before = isOfPayment ? state.askedOf[refundId] : undefined
        const after = holds === undefined ? state : withPurse(state, name, { holds, refunds })
        return step(
          isOfPayment ? { ...after, askedOf: { ...after.askedOf, [refundId]: name } } : after,
          holds?.currency === amount.currency && askedMinor <= holds.amountMinor
            ? undefined
            : found('More is to go back than was taken', {
                refundId,
                taken: holds === undefined ? 'nothing' : told(holds),
                asked: `${askedMinor} ${amount.currency}`,
              }),
          before === undefined
            ? undefined
            : found('One refund id was asked for twice', { refundId, before, now: name }),
        )
      }
      case 'OrderRefundRejected':
      case 'RefundRejected': {
        if (purse === undefined) return step(state)
        const { [event.data.refundId]: _, ...refunds } = purse.refunds
        return step(withPurse(state, name, { ...purse, refunds }))
      }
      default:
        return step(state)
    }
  },
}

const withPurse = (state: Purses, name: string, purse: Purse): Purses => ({
  ...state,
  purses: { ...state.purses, [name]: purse },
})
