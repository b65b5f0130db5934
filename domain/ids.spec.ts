import { describe, expect, it } from 'vitest'
import { CustomerId, MerchantPaymentId, merchantPaymentIdOf, OrderId, ProductId } from './ids.ts'

const orderId = OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10')

describe('ids', () => {
  it.each([
    ['an order', OrderId, [orderId], ['', 'order-1', `${orderId}0`]],
    ['a customer', CustomerId, ['a', 'A_9-z', 'x'.repeat(64)], ['', 'a b', 'ä', 'x'.repeat(65)]],
    ['a product', ProductId, ['0', 'rice-5kg', 'x'.repeat(64)], ['', '-a', 'Rice', 'a_b', 'x'.repeat(65)]],
    ['an attempt', MerchantPaymentId, ['a', 'kessai_1_a1', 'x'.repeat(64)], ['', 'a/b', 'x'.repeat(65)]],
  ])('of %s are parsed at the edge', (_, schema, good, bad) => {
    expect(good.filter((id) => !schema.safeParse(id).success)).toStrictEqual([])
    expect(bad.filter((id) => schema.safeParse(id).success)).toStrictEqual([])
  })

  it('of attempts follow from the order and the number of the attempt', () => {
    expect(merchantPaymentIdOf(orderId, 1)).toBe('kessai_6f2a1d7c3b544c1e9a0d5e8b7c6d4f10_a1')
    expect(merchantPaymentIdOf(orderId, 12)).toBe('kessai_6f2a1d7c3b544c1e9a0d5e8b7c6d4f10_a12')
  })
})
