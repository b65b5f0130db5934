import { sameMoney, type Money } from '#domain/money/money.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type Fact, type KeyedRule, type Step } from './rule.ts'

/** Money of one attempt that is not where it belongs yet. */
interface Owed {
  readonly amount: Money
  readonly stage: 'succeeded' | 'surplus' | 'refunding' | 'rejected'
  /** Minor units by refund id, until that refund is completed. */
  readonly refunds: Readonly<Record<string, number>>
  readonly returnedMinor: number
}

interface Accounts {
  readonly isPlaced: boolean
  /** By merchantPaymentId: what is neither the order's payment nor given back in full. */
  readonly owed: Readonly<Record<string, Owed>>
}

const UNKNOWN: Accounts = { isPlaced: false, owed: {} }
const SETTLED: Accounts = { isPlaced: true, owed: {} }

const TYPES: ReadonlySet<string> = new Set([
  'OrderPlaced',
  'PaymentSucceeded',
  'OrderPaid',
  'SurplusPaymentRecorded',
  'RefundRequested',
  'RefundCompleted',
  'RefundRejected',
])

const OWED: Readonly<Record<Owed['stage'], string>> = {
  succeeded: 'The order has not judged a success yet',
  surplus: 'No refund of a surplus payment has been asked for yet',
  refunding: 'A surplus payment is on its way back',
  rejected: 'The provider rejected the refund of a surplus payment',
}

/**
 * I3: every success of the provider ends as the order's payment, or is recorded as surplus and given back in full. What
 * is on that way is open; what cannot be on it any more is found at once.
 */
export const successesAccountedFor: KeyedRule<Accounts> = {
  name: 'I3',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (state = UNKNOWN, fact, orderId) => {
    const { recorded, event } = fact
    const id = idIn(recorded.stream)
    switch (event?.type) {
      case 'OrderPlaced':
        return step({ ...state, isPlaced: true })
      case 'PaymentSucceeded':
        return step(
          withOwed(state, id, {
            amount: event.data.amount,
            stage: 'succeeded',
            refunds: {},
            returnedMinor: 0,
          }),
          state.isPlaced
            ? undefined
            : findingAt(
                'I3',
                fact,
                orderId,
              )('Money was taken for an order that was never placed', {
                merchantPaymentId: id,
              }),
        )
      case 'OrderPaid':
        return step(without(state, event.data.merchantPaymentId))
      case 'SurplusPaymentRecorded':
        return surplus(state, fact, orderId, event.data)
      case 'RefundRequested':
        return step(refundRequested(state, id, event.data))
      case 'RefundCompleted':
        return step(refundCompleted(state, id, event.data.refundId))
      case 'RefundRejected': {
        const owed = state.owed[id]
        return step(owed === undefined ? state : withOwed(state, id, { ...owed, stage: 'rejected' }))
      }
      default:
        return step(state)
    }
  },
  open: ({ owed }, orderId) =>
    Object.entries(owed).map(([merchantPaymentId, { amount, stage, returnedMinor }]) => ({
      rule: 'I3',
      orderId,
      stream: `payment-${merchantPaymentId}`,
      message: OWED[stage],
      facts: { amountMinor: amount.amountMinor, currency: amount.currency, returnedMinor },
    })),
}

const surplus = (
  state: Accounts,
  fact: Fact,
  orderId: string,
  { merchantPaymentId, amount }: { readonly merchantPaymentId: string; readonly amount: Money },
): Step<Accounts> => {
  const owed = state.owed[merchantPaymentId]
  if (owed?.stage !== 'succeeded')
    return step(
      state,
      findingAt(
        'I3',
        fact,
        orderId,
      )('Surplus was recorded of an attempt that has no success left to judge', {
        merchantPaymentId,
      }),
    )
  return step(
    withOwed(state, merchantPaymentId, { ...owed, stage: 'surplus' }),
    sameMoney(owed.amount, amount)
      ? undefined
      : findingAt(
          'I3',
          fact,
          orderId,
        )('Surplus was recorded with another amount than the attempt took', {
          merchantPaymentId,
          expected: told(owed.amount),
          found: told(amount),
        }),
  )
}

const refundRequested = (
  state: Accounts,
  id: string,
  { refundId, amount }: { readonly refundId: string; readonly amount: Money },
): Accounts => {
  const owed = state.owed[id]
  if (owed === undefined) return state
  const stage = owed.stage === 'succeeded' ? 'succeeded' : 'refunding'
  return withOwed(state, id, {
    ...owed,
    stage,
    refunds: { ...owed.refunds, [refundId]: amount.amountMinor },
  })
}

const refundCompleted = (state: Accounts, id: string, refundId: string): Accounts => {
  const owed = state.owed[id]
  if (owed === undefined) return state
  const { [refundId]: amountMinor = 0, ...refunds } = owed.refunds
  const returnedMinor = owed.returnedMinor + amountMinor
  if (owed.stage !== 'succeeded' && returnedMinor >= owed.amount.amountMinor) return without(state, id)
  return withOwed(state, id, { ...owed, refunds, returnedMinor })
}

const withOwed = (state: Accounts, id: string, owed: Owed): Accounts => ({
  ...state,
  owed: { ...state.owed, [id]: owed },
})

const without = (state: Accounts, id: string): Accounts => {
  const { [id]: _, ...owed } = state.owed
  return state.isPlaced && Object.keys(owed).length === 0 ? SETTLED : { ...state, owed }
}
