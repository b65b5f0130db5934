import { describe, it } from 'vitest'
import { otherOrderId } from '#domain/payment/samples.ts'
import { orderId, placed } from '#domain/order/samples.ts'
import { expectRule, inOrder, placedWith } from './expect-rule.ts'
import { oneOrderPerCommand, placedOnce } from './one-order-per-request.ts'

const found = (id: string, message: string, facts: Record<string, string | number>) => ({
  rule: 'I7' as const,
  orderId: id,
  stream: `order-${id}`,
  message,
  facts,
})
const other = inOrder(placedWith({ orderId: otherOrderId }), otherOrderId)

describe('I7, an order', () => {
  it('is placed once, under its own id', () => {
    expectRule(placedOnce, inOrder(placed), other).toBeKept()
  })

  it('is not placed again', () => {
    expectRule(placedOnce, inOrder(placed), inOrder(placed)).toFind(
      found(orderId, 'An order was placed again', { revision: 1 }),
    )
  })

  it('does not stand in the stream or the case of another', () => {
    const message = 'An order stands under another id than its own'
    expectRule(placedOnce, { ...inOrder(placed), metadata: { correlationId: otherOrderId } }).toFind(
      found(orderId, message, { revision: 0, correlationId: otherOrderId }),
    )
    expectRule(placedOnce, { ...inOrder(placed), stream: `order-${otherOrderId}` }).toFind({
      ...found(orderId, message, { revision: 0, correlationId: orderId }),
      stream: `order-${otherOrderId}`,
    })
  })

  it('has a command of its own', () => {
    const by = { commandId: 'c1' }
    const first = { ...inOrder(placed), metadata: { correlationId: orderId, ...by } }
    expectRule(oneOrderPerCommand, first, other).toBeKept()
    expectRule(oneOrderPerCommand, first, {
      ...other,
      metadata: { correlationId: otherOrderId, ...by },
    }).toFind(
      found(otherOrderId, 'One command placed two orders', { revision: 0, commandId: 'c1', other: orderId }),
    )
  })
})
