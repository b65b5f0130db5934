import { describe, it } from 'vitest'
import { attemptId, orderId } from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { AT_MS, codeDeleted, codeIssued, failedAs, lapsed, succeeded } from '#domain/payment/samples.ts'
import { expectRule, inPayment } from './expect-rule.ts'
import { onePayableCode } from './one-payable-code.ts'

const LIFE_MS = 300_000
const issuedAt = (atMs: number): PaymentEvent => {
  if (codeIssued.type !== 'PaymentCodeIssued') throw new Error(`${codeIssued.type} issues nothing`)
  return { type: 'PaymentCodeIssued', data: { ...codeIssued.data, atMs, expiresAtMs: atMs + LIFE_MS } }
}

describe('I6, the codes of an order', () => {
  const first = inPayment(issuedAt(AT_MS))
  const second = (atMs: number) => inPayment(issuedAt(atMs), 2)
  const meanwhile = second(AT_MS + 1_000)
  const both = (otherPayableForMs: number) => ({
    rule: 'I6' as const,
    orderId,
    stream: `payment-${attemptId(2)}`,
    message: 'A code was issued while another could be paid',
    facts: { revision: 0, merchantPaymentId: attemptId(2), other: attemptId(1), otherPayableForMs },
  })

  it('follow one another once the earlier one cannot be paid any more', () => {
    for (const end of [codeDeleted, lapsed, succeeded, failedAs('FAILED')])
      expectRule(onePayableCode, first, inPayment(end), meanwhile).toBeKept()
  })

  it('follow one another after the provider’s own expiry', () => {
    expectRule(onePayableCode, first, second(AT_MS + LIFE_MS)).toBeKept()
    expectRule(onePayableCode, first, second(AT_MS + LIFE_MS - 1)).toFind(both(1))
  })

  it('are never payable together', () => {
    expectRule(onePayableCode, first, meanwhile).toFind(both(LIFE_MS - 1_000))
    expectRule(onePayableCode, first, meanwhile, inPayment(codeDeleted)).toFind(both(LIFE_MS - 1_000))
  })
})
