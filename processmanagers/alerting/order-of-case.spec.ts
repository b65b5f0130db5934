import { expect, it } from 'vitest'
import { merchantPaymentIdOf } from '#domain/ids.ts'
import { orderIdOf } from './order-of-case.ts'
import { parkedCaseId } from './set-aside.ts'
import { orderId } from './testing.ts'

it.each([
  ['an order', orderId, orderId],
  ['a parked order', parkedCaseId('checkout', orderId), orderId],
  ['a parked attempt', parkedCaseId('payment-confirmation', merchantPaymentIdOf(orderId, 12)), orderId],
  ['a parked key of the relay', parkedCaseId('relay', `payments/${orderId}`), orderId],
  ['a parked alert of the relay', parkedCaseId('relay', 'alerts/provider/paypay'), undefined],
  ['a parked person, whose id looks like an order’s', parkedCaseId('forgetting', orderId), undefined],
  ['a parked key that names nothing', parkedCaseId('checkout', ''), undefined],
  ['a provider', 'provider/paypay', undefined],
])('the order that a case is about is known from its id: %s', (_what, caseId, expected) => {
  expect(orderIdOf(caseId)).toBe(expected)
})
