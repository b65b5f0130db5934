import { expect, it } from 'vitest'
import { merchantPaymentIdOf } from '#domain/ids.ts'
import { parkedCase } from '#platform/ids/parked-case.ts'
import { FORGETTING } from '../forgetting/process-name.ts'
import { orderIdOf } from './order-of-case.ts'
import { orderId } from './testing.ts'

it.each([
  ['an order', orderId, orderId],
  ['a parked order', parkedCase('checkout', orderId).caseId, orderId],
  ['a parked attempt', parkedCase('payment-confirmation', merchantPaymentIdOf(orderId, 12)).caseId, orderId],
  ['a parked key of the relay', parkedCase('relay', `payments/${orderId}`).caseId, orderId],
  ['a parked alert of the relay', parkedCase('relay', 'alerts/provider/paypay').caseId, undefined],
  ['a parked person, whose id looks like an order’s', `parked/${FORGETTING}/${orderId}`, undefined],
  ['a parked key that names nothing', parkedCase('checkout', '').caseId, undefined],
  ['a provider', 'provider/paypay', undefined],
])('the order that a case is about is known from its id: %s', (_what, caseId, expected) => {
  expect(orderIdOf(caseId)).toBe(expected)
})
