import { idIn } from '../events.ts'
import { caseOf, findingAt, step, type KeyedRule } from './rule.ts'

/** When each code of an order that could still be paid expires, by merchantPaymentId. */
type Payable = Readonly<Record<string, number>>

const NONE: Payable = {}

/**
 * I6: at most one code of an order can be paid at any moment, told by the log's order. A code can be paid from its
 * issue until it is deleted or lapsed, its attempt has ended, or the provider's own expiry has passed.
 */
export const onePayableCode: KeyedRule<Payable> = {
  name: 'I6',
  counts: 'orders with codes',
  key: (fact) => {
    switch (fact.event?.type) {
      case 'PaymentCodeIssued':
      case 'PaymentCodeDeleted':
      case 'PaymentLapsed':
      case 'PaymentSucceeded':
      case 'PaymentFailed':
        return caseOf(fact)
      default:
        return undefined
    }
  },
  see: (state = NONE, fact, orderId) => {
    const { recorded, event } = fact
    const id = idIn(recorded.stream)
    const { [id]: _, ...others } = state
    if (event?.type !== 'PaymentCodeIssued') return step(Object.keys(others).length === 0 ? NONE : others)
    const { expiresAtMs, atMs } = event.data
    const payable = Object.entries(others).filter(([, otherExpiresAtMs]) => otherExpiresAtMs > atMs)
    return step(
      { ...Object.fromEntries(payable), [id]: expiresAtMs },
      ...payable.map(([other, otherExpiresAtMs]) =>
        findingAt(
          'I6',
          fact,
          orderId,
        )('A code was issued while another could be paid', {
          merchantPaymentId: id,
          other,
          otherPayableForMs: otherExpiresAtMs - atMs,
        }),
      ),
    )
  },
}
