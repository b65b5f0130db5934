import { describe, it } from 'vitest'
import { cancelled, failed, orderId, paid, placed } from '#domain/order/samples.ts'
import { confirmed, released, reserved } from '#domain/stock/samples.ts'
import { expectRule, inOrder, inStock } from './expect-rule.ts'
import { stockFollowsOrders } from './stock-follows-orders.ts'

const stream = 'stock-rice-5kg'
const found = (message: string, revision: number, facts: Record<string, string | number>) => ({
  rule: 'I4' as const,
  orderId,
  stream,
  message,
  facts: { revision, ...facts },
})

describe('I4, the stock of an order', () => {
  const held = [
    inOrder(placed),
    inStock(reserved(orderId, 1), 'kettle'),
    inStock(reserved(orderId, 2), 'rice-5kg'),
  ]
  const open = (message: string, product: string, units: number) => ({
    rule: 'I4' as const,
    orderId,
    stream: `stock-${product}`,
    message,
    facts: { units },
  })

  it('is sold to a paid one and freed of an unpaid one', () => {
    expectRule(
      stockFollowsOrders,
      ...held,
      inOrder(paid(1)),
      inStock(confirmed(orderId, 1), 'kettle'),
      inStock(confirmed(orderId, 2)),
    ).toBeKept()
    for (const end of [failed, cancelled])
      expectRule(
        stockFollowsOrders,
        ...held,
        inOrder(end),
        inStock(released(orderId, 1), 'kettle'),
        inStock(released(orderId, 2)),
      ).toBeKept()
  })

  it('may still be taken by a checkout that does not know of the end yet, and is owed back', () => {
    expectRule(stockFollowsOrders, inOrder(placed), inOrder(cancelled), inStock(reserved(orderId, 2))).toOwe(
      open('Units of an unpaid order are not released yet', 'rice-5kg', 2),
    )
  })

  it('is open while the order is, and until it followed', () => {
    expectRule(stockFollowsOrders, ...held).toOwe(
      open('An open order holds units', 'kettle', 1),
      open('An open order holds units', 'rice-5kg', 2),
    )
    expectRule(stockFollowsOrders, ...held, inOrder(paid(1)), inStock(confirmed(orderId, 1), 'kettle')).toOwe(
      open('Units of a paid order are not sold yet', 'rice-5kg', 2),
    )
  })

  it('is neither sold before the order is paid nor freed before it failed', () => {
    expectRule(stockFollowsOrders, ...held, inStock(confirmed(orderId, 2))).toFind(
      found('Units were sold to an order that is not paid', 1, { productId: 'rice-5kg', quantity: 2 }),
    )
    expectRule(stockFollowsOrders, ...held, inOrder(paid(1)), inStock(released(orderId, 2))).toFind(
      found('Units were released although their order has not failed', 1, {
        productId: 'rice-5kg',
        quantity: 2,
      }),
    )
  })

  it('is what was ordered, and there when it is paid', () => {
    expectRule(stockFollowsOrders, inOrder(placed), inStock(reserved(orderId, 3))).toFind(
      found('Other units were reserved than the order has', 0, {
        productId: 'rice-5kg',
        ordered: 2,
        reserved: 3,
      }),
    )
    expectRule(stockFollowsOrders, inOrder(placed), inStock(reserved(orderId, 2)), inOrder(paid(1))).toFind({
      rule: 'I4',
      orderId,
      stream: `order-${orderId}`,
      message: 'An order was paid without its units being held',
      facts: { revision: 1, productId: 'kettle', ordered: 1, held: 0 },
    })
  })
})
