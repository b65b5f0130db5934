import { describe, it } from 'vitest'
import { given } from '../given.ts'
import { paymentDecider } from './decider.ts'
import type { PaymentEvent } from './events.ts'
import {
  codeIssued,
  completed,
  completeRefund,
  observed,
  refundCompleted,
  refundRejected,
  refundRequested,
  rejectRefund,
  requested,
  requestRefund,
  succeeded,
} from './samples.ts'

/** ¥1,000 were captured. */
const payment = (...events: readonly PaymentEvent[]) =>
  given(paymentDecider, requested, codeIssued, observed(completed), succeeded, ...events)

describe('giving money back', () => {
  it('returns all of it, or parts until it is all', () => {
    payment().when(requestRefund('r1', 1_000)).then(refundRequested('r1', 1_000))
    payment(refundRequested('r1', 400)).when(requestRefund('r2', 600)).then(refundRequested('r2', 600))
  })

  it('never returns more than was captured', () => {
    payment().when(requestRefund('r1', 1_001)).thenRefused('refund-exceeds-capture')
    payment(refundRequested('r1', 400)).when(requestRefund('r2', 601)).thenRefused('refund-exceeds-capture')
    payment(refundRequested('r1', 400), refundCompleted('r1'))
      .when(requestRefund('r2', 601))
      .thenRefused('refund-exceeds-capture')
  })

  it('returns it in the currency it came in', () => {
    payment()
      .when(requestRefund('r1', 1, 'USD'))
      .thenRefused('refund-exceeds-capture')
  })

  it('may ask again for what was rejected, under another id', () => {
    payment(refundRequested('r1', 1_000), refundRejected('r1'))
      .when(requestRefund('r2', 1_000))
      .then(refundRequested('r2', 1_000))
  })

  it('is one refund however often it is asked for under its id', () => {
    payment(refundRequested('r1', 1_000)).when(requestRefund('r1', 1_000)).thenUnchanged()
    payment(refundRequested('r1', 1_000), refundCompleted('r1'))
      .when(requestRefund('r1', 1_000))
      .thenUnchanged()
    payment(refundRequested('r1', 1_000), refundRejected('r1'))
      .when(requestRefund('r1', 1_000))
      .thenUnchanged()
  })

  it('judges another amount under a used id in place of the first one', () => {
    payment(refundRequested('r1', 400)).when(requestRefund('r1', 1_000)).thenRefused('refund-differs')
    payment(refundRequested('r1', 400)).when(requestRefund('r1', 1_001)).thenRefused('refund-exceeds-capture')
    payment(refundRequested('r1', 400), refundRequested('r2', 600))
      .when(requestRefund('r1', 401))
      .thenRefused('refund-exceeds-capture')
  })
})

describe('the end of a refund', () => {
  const asked = refundRequested('r1', 400)

  it('is completed once', () => {
    payment(asked).when(completeRefund('r1')).then(refundCompleted('r1'))
    payment(asked, refundCompleted('r1')).when(completeRefund('r1')).thenUnchanged()
    payment(asked, refundCompleted('r1')).when(rejectRefund('r1')).thenRefused('refund-already-completed')
  })

  it('is rejected once', () => {
    payment(asked).when(rejectRefund('r1')).then(refundRejected('r1'))
    payment(asked, refundRejected('r1')).when(rejectRefund('r1')).thenUnchanged()
    payment(asked, refundRejected('r1')).when(completeRefund('r1')).thenRefused('refund-already-rejected')
  })

  it('concerns that refund only', () => {
    const both = [asked, refundRequested('r2', 600), refundCompleted('r1')]
    payment(...both)
      .when(rejectRefund('r2'))
      .then(refundRejected('r2'))
    payment(...both)
      .when(completeRefund('r3'))
      .thenRefused('unknown-refund')
  })
})
