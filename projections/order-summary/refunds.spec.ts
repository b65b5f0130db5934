import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { money } from '#domain/money/money.ts'
import * as order from '#domain/order/samples.ts'
import * as payment from '#domain/payment/samples.ts'
import { expectReplayIsHarmless, givenEvents, recordedAtMs, type Entry } from '../given.ts'
import { completed, NOTE, paid, rejected, requested, STAFF, staffRefundId } from './samples.ts'
import { orderSummary } from './projection.ts'

const TOTAL = order.total.amountMinor
const metadata = { correlationId: order.orderId }
const after = (...entries: readonly Entry[]) => givenEvents(orderSummary, ...paid, ...entries).document
const asked = {
  refundId: staffRefundId(1),
  kind: 'staff',
  merchantPaymentId: order.attemptId(1),
  amount: money(2_980, 'JPY'),
  status: 'REQUESTED',
  requestedAtMs: recordedAtMs(paid.length),
  returning: [{ productId: 'rice-5kg', quantity: 1 }],
  note: NOTE,
  requestedBy: STAFF,
}

describe('the refunds of a paid order', () => {
  it('are none at first', () => {
    expect(after()).toMatchObject({ status: 'PAID', refundedMinor: 0, refunds: [] })
  })

  it('are listed once they are decided, with the note and who left it; nothing has gone back yet', () => {
    const document = after(...requested(1, 2_980))
    expect(document?.refunds).toStrictEqual([asked])
    expect(document).toMatchObject({ status: 'PAID', refundedMinor: 0, surplus: [] })
  })

  it('stay on their way while only the attempt knows that the money has gone back', () => {
    const [atProvider] = completed(1, 2_980, 2_980)
    expect(after(...requested(1, 2_980), atProvider)).toMatchObject({
      refundedMinor: 0,
      refunds: [{ status: 'REQUESTED' }],
    })
  })

  it('leave the order PAID while some of its payment is left', () => {
    const document = after(...requested(1, 2_980), ...completed(1, 2_980, 2_980))
    expect(document).toMatchObject({ status: 'PAID', refundedMinor: 2_980 })
    expect(document?.refunds).toStrictEqual([
      { ...asked, status: 'COMPLETED', endedAtMs: recordedAtMs(paid.length + 3) },
    ])
  })

  it('make it REFUNDED once the whole total has gone back, and keep when it was paid', () => {
    expect(
      after(
        ...requested(1, 2_980),
        ...requested(2, TOTAL - 2_980),
        ...completed(2, TOTAL - 2_980, TOTAL - 2_980),
        ...completed(1, 2_980, TOTAL),
      ),
    ).toMatchObject({
      status: 'REFUNDED',
      refundedMinor: TOTAL,
      paidAtMs: order.PLACED_AT_MS + 60_000,
      refunds: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }],
    })
  })

  it('say which one was rejected and as what; nothing went back', () => {
    expect(after(...requested(1, 2_980), ...rejected(1))).toMatchObject({
      status: 'PAID',
      refundedMinor: 0,
      refunds: [{ status: 'REJECTED', code: 'REFUND_WINDOW_EXCEED' }],
    })
  })

  it('list money the order could not take beside them, which counts for nothing here', () => {
    const stream = `payment-${order.attemptId(2)}`
    const document = after(
      { stream: `order-${order.orderId}`, event: order.surplus('DOUBLE', 2), metadata },
      { stream, event: payment.refundRequested('surplus-r1', TOTAL), metadata },
      { stream, event: payment.refundCompleted('surplus-r1'), metadata },
    )
    expect(document).toMatchObject({
      status: 'PAID',
      refundedMinor: 0,
      surplus: [{ kind: 'DOUBLE', refund: 'COMPLETED' }],
      refunds: [{ refundId: 'surplus-r1', kind: 'surplus', amount: order.total, status: 'COMPLETED' }],
    })
    expect(document?.refunds[0]).not.toHaveProperty('note')
  })

  it('are the same after any replay', () => {
    const steps = [1, 2, 3].flatMap((number) => [
      ...requested(number, 1_000),
      ...completed(number, 1_000, number * 1_000),
      ...rejected(number),
      ...completed(number, 1_000, TOTAL),
    ])
    expectReplayIsHarmless(
      orderSummary,
      fc.array(fc.constantFrom(...steps), { maxLength: 30 }).map((rest) => [...paid, ...rest]),
    )
  })
})
