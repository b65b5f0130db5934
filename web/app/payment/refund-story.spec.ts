import { describe, expect, it } from 'vitest'
import type { Order } from '../api/types'
import { hasEnded, isAtRest, readNews } from './order-news.ts'
import { refundWord, staffRefunds, type Refund } from './refund-story.ts'
import { hasReceipt, outcomeOf } from './result-story.ts'
import { newsOf, waitingOrder } from './samples.ts'
import { storyOf } from './timeline-story.ts'

const yen = (amountMinor: number) => ({ amountMinor, currency: 'JPY' })
const refund = (status: Refund['status'], kind: Refund['kind'] = 'staff'): Refund => ({
  refundId: `refund-${status}-${kind}`,
  kind,
  amount: yen(480),
  status,
  requestedAt: '2026-11-21T03:00:00.000Z',
  returning: [],
})
const paidOrder = (change: Partial<Order> = {}) =>
  waitingOrder({ status: 'PAID', result: 'SUCCESS', ...change })

describe('a refunded order', () => {
  const refunded = paidOrder({ status: 'REFUNDED', refunded: yen(2_480), refunds: [refund('COMPLETED')] })

  it('has ended, was paid once, and has a receipt', () => {
    expect(hasEnded(refunded)).toBe(true)
    expect(outcomeOf(refunded)).toBe('refunded')
    expect(hasReceipt(refunded)).toBe(true)
    expect(hasReceipt(paidOrder())).toBe(true)
    expect(hasReceipt(waitingOrder())).toBe(false)
    expect(hasReceipt(waitingOrder({ status: 'FAILED' }))).toBe(false)
  })

  it('is understood when the socket says so', () => {
    expect(readNews(newsOf(refunded), 'order-1')?.status).toBe('REFUNDED')
  })
})

describe('an order whose payment goes back', () => {
  it('is followed until no refund is under way; a rejected one waits for a person', () => {
    expect(isAtRest(paidOrder({ refunds: [refund('REQUESTED')] }))).toBe(false)
    expect(isAtRest(paidOrder({ refunds: [refund('COMPLETED'), refund('REQUESTED')] }))).toBe(false)
    expect(isAtRest(paidOrder({ refunds: [refund('COMPLETED'), refund('REJECTED')] }))).toBe(true)
    expect(isAtRest(paidOrder({ status: 'REFUNDED', refunds: [refund('COMPLETED')] }))).toBe(true)
  })

  const late = { kind: 'DOUBLE', amount: yen(2_480), refund: 'COMPLETED' } as const
  it.each<[string, ReturnType<typeof refundWord>, Partial<Order>]>([
    ['nothing', undefined, {}],
    ['that it is under way', 'underWay', { refunds: [refund('REQUESTED')] }],
    [
      'that it is under way, before what came back already',
      'underWay',
      {
        refunds: [refund('COMPLETED'), refund('REQUESTED')],
        refunded: yen(480),
      },
    ],
    ['that a part is back', 'partly', { refunds: [refund('COMPLETED')], refunded: yen(480) }],
    ['nothing of a rejected one', undefined, { refunds: [refund('REJECTED')] }],
    ['nothing where the status says it', undefined, { status: 'REFUNDED', refunded: yen(2_480) }],
    ['that surplus money is back', 'done', { surplus: [late], refunds: [refund('COMPLETED', 'surplus')] }],
  ])('says %s', (_, word, change) => {
    expect(refundWord(paidOrder(change))).toBe(word)
  })

  it('lists what staff sent back, and not what is told as surplus', () => {
    const order = { refunds: [refund('COMPLETED', 'surplus'), refund('REQUESTED')] }
    expect(staffRefunds(order).map(({ status }) => status)).toEqual(['REQUESTED'])
  })
})

describe('the story of a refund', () => {
  const entry = (type: string, detail?: string) => ({
    at: '2026-11-20T03:00:00.000Z',
    type,
    actor: 'process:refunding',
    eventId: `${type}-${detail}`,
    position: 1,
    ...(detail === undefined ? {} : { detail }),
  })

  it('is told once, in the order’s words, where staff decided it', () => {
    const story = storyOf([
      entry('OrderPaid'),
      entry('OrderRefundRequested', 'a'),
      entry('RefundRequested', 'a'),
      entry('RefundCompleted', 'a'),
      entry('OrderPartlyRefunded', 'a'),
      entry('StockReturned', 'kettle'),
      entry('OrderRefundRequested', 'b'),
      entry('RefundRequested', 'b'),
      entry('RefundRejected', 'b'),
      entry('OrderRefundRejected', 'b'),
      entry('OrderRefundRequested', 'c'),
      entry('RefundRequested', 'c'),
      entry('RefundCompleted', 'c'),
      entry('OrderRefunded', 'c'),
    ])
    expect(story.map(({ key, tone }) => [key, tone])).toEqual([
      ['paid', 'good'],
      ['refund.requested', 'returned'],
      ['refund.partly', 'returned'],
      ['refund.requested', 'returned'],
      ['refund.rejected', 'bad'],
      ['refund.requested', 'returned'],
      ['refund.full', 'returned'],
    ])
  })

  it('stays that of the automatic refund where the order could not take the money', () => {
    const story = storyOf([entry('RefundRequested', 'r1'), entry('RefundCompleted', 'r1')])
    expect(story.map(({ key }) => key)).toEqual(['refundRequested', 'refundCompleted'])
  })
})
