import { describe, expect, it } from 'vitest'
import { given } from '../given.ts'
import { ProductId } from '../ids.ts'
import { MAX_AMOUNT_MINOR, money } from '../money/money.ts'
import { MAX_LINES, MAX_QUANTITY, MAX_REFUNDS, type OrderCommand, type OrderRefusal } from './commands.ts'
import { orderDecider } from './decider.ts'
import type { OrderEvent, OrderLine } from './events.ts'
import {
  awaiting,
  cancelled,
  completeRefund,
  failed,
  failOrder,
  cancelOrder,
  kettle,
  paid,
  placed,
  placedWithWallet,
  placeOrder,
  refunded,
  refundRejected,
  refundRequested,
  rejectRefund,
  renewPayment,
  requestRefund,
  rice,
  total,
  WINDOW_ENDS_AT_MS,
} from './samples.ts'

interface Row {
  readonly given: readonly OrderEvent[]
  /** Built so that as many of the refusals below it hold as can: the first one must win. */
  readonly when: OrderCommand
}

const lines = (count: number, change: Partial<OrderLine> = {}): OrderLine[] =>
  Array.from({ length: count }, (_, index) => ({
    ...rice,
    productId: ProductId.parse(`product-${index}`),
    ...change,
  }))

const place = (...lines: readonly OrderLine[]): OrderCommand => ({ ...placeOrder, lines })
const free = money(0, 'JPY')
const tooMuch = money(MAX_AMOUNT_MINOR, 'USD')
const tooMany = { returning: [{ productId: rice.productId, quantity: 99 }] }
const tooLate = { ...tooMany, atMs: Number.MAX_SAFE_INTEGER }
const rejected = (name: string): OrderEvent[] => [refundRequested(name, total), refundRejected(name)]
const manyRejected = Array.from({ length: MAX_REFUNDS - 1 }, (_, n) => rejected(`r${n}`)).flat()

const table: Record<OrderRefusal, Row> = {
  'unknown-order': { given: [], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'idempotency-key-reused': { given: [placed], when: { ...placeOrder, requestHash: 'hash-2', lines: [] } },
  'no-lines': { given: [], when: place() },
  'too-many-lines': {
    given: [],
    when: place(...lines(MAX_LINES, { productId: rice.productId, quantity: 0 }), {
      ...rice,
      unitPrice: money(1, 'USD'),
    }),
  },
  'duplicate-product': {
    given: [],
    when: place({ ...rice, quantity: 0 }, { ...rice, unitPrice: money(0, 'USD') }),
  },
  'quantity-out-of-range': {
    given: [],
    when: place({ ...rice, quantity: 0, unitPrice: free }, { ...kettle, unitPrice: money(0, 'USD') }),
  },
  'mixed-currencies': {
    given: [],
    when: place({ ...rice, unitPrice: free }, { ...kettle, unitPrice: money(MAX_AMOUNT_MINOR + 1, 'USD') }),
  },
  'total-out-of-range': { given: [], when: place({ ...rice, unitPrice: free }) },
  'order-already-paid': { given: [placed, paid(1)], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'order-already-failed': { given: [placed, failed], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'order-already-cancelled': { given: [placed, cancelled], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'no-payment-code': { given: [placedWithWallet], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'payment-not-ready': { given: [placed], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'payment-window-over': { given: [placed, awaiting(1)], when: renewPayment(1, WINDOW_ENDS_AT_MS) },
  'order-not-paid': { given: [placed, awaiting(1)], when: requestRefund('a', free, tooLate) },
  'refund-differs': {
    given: [placed, paid(1), refundRequested('a', total)],
    when: requestRefund('a', tooMuch, tooLate),
  },
  'refund-window-over': {
    given: [placed, paid(1), ...manyRejected, refundRequested('a', total)],
    when: requestRefund('b', tooMuch, tooLate),
  },
  'too-many-refunds': {
    given: [placed, paid(1), ...manyRejected, refundRequested('a', total)],
    when: requestRefund('b', tooMuch, tooMany),
  },
  'nothing-left-to-refund': {
    given: [placed, paid(1), refundRequested('a', total)],
    when: requestRefund('b', free, tooMany),
  },
  'refund-amount-out-of-range': {
    given: [placed, paid(1)],
    when: requestRefund('a', money(0, 'USD'), tooMany),
  },
  'refund-exceeds-payment': { given: [placed, paid(1)], when: requestRefund('a', tooMuch, tooMany) },
  'return-exceeds-order': { given: [placed, paid(1)], when: requestRefund('a', total, tooMany) },
  'unknown-refund': { given: [placed, paid(1)], when: completeRefund('a') },
  'refund-already-completed': {
    given: [placed, paid(1), refundRequested('a', total), refunded('a', total)],
    when: rejectRefund('a'),
  },
  'refund-already-rejected': { given: [placed, paid(1), ...rejected('a')], when: completeRefund('a') },
}

describe('refusals of an order, in their documented precedence', () => {
  it.each(Object.entries(table))('%s', (refusal, { given: events, when }) => {
    const decision = orderDecider.decide(events.reduce(orderDecider.evolve, orderDecider.initial), when)
    expect(decision).toStrictEqual({ kind: 'refused', refusal })
  })

  it('is never refused twice over for what already is so', () => {
    given(orderDecider, placed, failed).when(failOrder).thenUnchanged()
    given(orderDecider, placed, cancelled).when(cancelOrder).thenUnchanged()
    given(orderDecider, placed, paid(1)).when(placeOrder).thenUnchanged()
  })
})

describe('what may be ordered', () => {
  const outcome = (...lines: readonly OrderLine[]) => orderDecider.decide({ status: 'none' }, place(...lines))
  const refusedAs = (refusal: OrderRefusal) => ({ kind: 'refused', refusal })

  it('writes lines, taxes, total and the end of the payment window', () => {
    given(orderDecider).when(placeOrder).then(placed)
  })

  it('carries contact and delivery as they came, encrypted', () => {
    const envelope = {
      keyId: 'k1',
      algorithm: 'A256GCM',
      iv: 'aXY',
      ciphertext: 'Y2lwaGVy',
      tag: 'dGFn',
    } as const
    const delivery = { ...envelope, ciphertext: 'ZGVsaXZlcnk' }
    expect(
      orderDecider.decide({ status: 'none' }, { ...placeOrder, contact: envelope, delivery }),
    ).toMatchObject({
      events: [{ data: { contact: envelope, delivery } }],
    })
  })

  it(`takes up to ${MAX_LINES} lines`, () => {
    expect(outcome(...lines(MAX_LINES)).kind).toBe('accepted')
    expect(outcome(...lines(MAX_LINES + 1))).toStrictEqual(refusedAs('too-many-lines'))
  })

  it(`takes whole quantities from 1 to ${MAX_QUANTITY}`, () => {
    for (const quantity of [1, MAX_QUANTITY]) expect(outcome({ ...rice, quantity }).kind).toBe('accepted')
    for (const quantity of [-1, 0, 1.5, MAX_QUANTITY + 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(outcome(kettle, { ...rice, quantity })).toStrictEqual(refusedAs('quantity-out-of-range'))
  })

  it('takes totals from the smallest unit to what a payment can carry', () => {
    const one = (amountMinor: number) =>
      outcome({ ...rice, quantity: 1, unitPrice: money(amountMinor, 'JPY') })
    expect(one(1)).toMatchObject({ events: [{ data: { total: money(1, 'JPY') } }] })
    expect(one(MAX_AMOUNT_MINOR)).toMatchObject({
      events: [{ data: { total: money(MAX_AMOUNT_MINOR, 'JPY') } }],
    })
    expect(one(0)).toStrictEqual(refusedAs('total-out-of-range'))
    expect(one(MAX_AMOUNT_MINOR + 1)).toStrictEqual(refusedAs('total-out-of-range'))
    expect(one(Number.MAX_SAFE_INTEGER)).toStrictEqual(refusedAs('total-out-of-range'))
  })

  it('refuses a total too high although each price is not, and takes a free line beside a paid one', () => {
    const dear = { ...rice, unitPrice: money(MAX_AMOUNT_MINOR, 'JPY') }
    expect(outcome({ ...dear, quantity: MAX_QUANTITY })).toStrictEqual(refusedAs('total-out-of-range'))
    expect(outcome({ ...rice, unitPrice: free }, kettle).kind).toBe('accepted')
    expect(
      outcome({ ...dear, quantity: 99 }, { ...kettle, unitPrice: money(Number.MAX_SAFE_INTEGER, 'JPY') }),
    ).toStrictEqual(refusedAs('total-out-of-range'))
  })
})
