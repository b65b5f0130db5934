import { describe, expect, it } from 'vitest'
import { placed } from '#domain/order/samples.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { categoriesOf, decode, isUnknownIn, orderOf } from './events.ts'
import { logOf } from './given.ts'
import { orderSummary } from './order-summary/projection.ts'
import { products } from './products/projection.ts'

const recorded = (stream: string, correlationId: string): RecordedEvent => {
  const [event] = logOf([{ stream, event: placed, metadata: { correlationId } }])
  if (event === undefined) throw new Error('there is one')
  return event
}

describe('an event of the log', () => {
  it('belongs to the order of its own stream, whatever became of its metadata', () => {
    expect(orderOf(recorded('order-a', ''))).toBe('a')
    expect(orderOf(recorded('payment-x', 'a'))).toBe('a')
    expect(() => orderOf(recorded('payment-x', ''))).toThrow('0@payment-x has no correlation id')
  })

  it('is unknown to a projection only in the streams it is made from', () => {
    const orders = categoriesOf(orderSummary.handles)
    const shelf = categoriesOf(products.handles)
    expect([[...orders], [...shelf]]).toStrictEqual([
      ['order', 'payment'],
      ['stock', 'product'],
    ])
    expect(isUnknownIn(orders, { stream: 'order-a', type: 'OrderShelved' })).toBe(true)
    expect(isUnknownIn(orders, { stream: 'product-a', type: 'ProductOnSale' })).toBe(false)
    expect(isUnknownIn(shelf, { stream: 'product-a', type: 'ProductOnSale' })).toBe(true)
    // Known there, although this projection has no use for it.
    expect(isUnknownIn(orders, { stream: 'order-a', type: 'PaymentRenewalRequested' })).toBe(false)
    expect(isUnknownIn(orders, { stream: 'strangers-a', type: 'Anything' })).toBe(false)
  })

  it('of an unknown type cannot be read', () => {
    expect(() => decode({ ...recorded('order-a', 'a'), type: 'OrderShelved' })).toThrow(UndecodableEvent)
  })
})
