import { expect } from 'vitest'
import type { Money } from '#domain/money/money.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { attemptId, orderId, paid, placed, total } from '#domain/order/samples.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { observed, paymentId, saying } from '#domain/payment/samples.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { decode } from '../events.ts'
import { logOf, type Entry } from '../given.ts'
import { followed, type Fact, type Finding, type KeyedRule, type Rule } from './rule.ts'

/** Events of the one order of the samples, in the streams where they belong. */
export const inOrder = (event: OrderEvent, id: string = orderId): Entry => ({
  stream: `order-${id}`,
  event,
  metadata: { correlationId: id },
})
export const inPayment = (event: PaymentEvent, attempt = 1): Entry => ({
  stream: `payment-${attemptId(attempt)}`,
  event,
  metadata: { correlationId: orderId },
})
export const inStock = (event: StockEvent, product = 'rice-5kg'): Entry => ({
  stream: `stock-${product}`,
  event,
  metadata: { correlationId: orderId },
})

/** The provider said that it took this much, and we booked this much. */
export const saidTaken = (amount: Money = total, attempt = 1): Entry =>
  inPayment(observed(saying('COMPLETED', { paymentId: `${paymentId}${attempt}`, amount })), attempt)
export const bookedTaken = (amount: Money = total, attempt = 1): Entry =>
  inPayment(
    {
      type: 'PaymentSucceeded',
      data: { paymentId: `0413780867040527000${attempt}`, amount, succeededAtMs: 0, source: 'poll', atMs: 0 },
    },
    attempt,
  )

type DataOf<T extends OrderEvent['type']> = Extract<OrderEvent, { type: T }>['data']

/** The order as placed, or as paid by its first attempt, in other words. */
export const placedWith = (changes: Partial<DataOf<'OrderPlaced'>>): OrderEvent => {
  return { type: 'OrderPlaced', data: { ...placed.data, ...changes } }
}
export const paidWith = (changes: Partial<DataOf<'OrderPaid'>>): OrderEvent => {
  const event = paid(1)
  if (event.type !== 'OrderPaid') throw new Error(`${event.type} is no payment`)
  return { type: 'OrderPaid', data: { ...event.data, ...changes } }
}

export const factsOf = (entries: readonly Entry[]): Fact[] =>
  logOf(entries).map((recorded) => ({ recorded, event: decode(recorded) }))

/** The sentence the specs of rules are written in: given these events, these are the findings, and these are open. */
export const expectRule = <S>(rule: KeyedRule<S>, ...entries: readonly Entry[]) =>
  expectOf(followed(rule), factsOf(entries))

export const expectOf = (rule: Rule, facts: readonly Fact[]) => {
  const findings = facts.flatMap((fact) => rule.see(fact))
  const open = [...rule.open()]
  return {
    toBeKept: (): void => {
      expect(findings).toStrictEqual([])
      expect(open).toStrictEqual([])
    },
    toFind: (...expected: readonly Finding[]): void => expect(findings).toStrictEqual(expected),
    /** Nothing is wrong, but this is owed. */
    toOwe: (...expected: readonly Finding[]): void => {
      expect(findings).toStrictEqual([])
      expect(open).toStrictEqual(expected)
    },
  }
}
