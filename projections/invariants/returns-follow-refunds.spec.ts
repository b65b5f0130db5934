import { describe, it } from 'vitest'
import {
  orderId,
  refunded,
  refundIdOf,
  refundRejected,
  refundRequested,
  rice,
  total,
} from '#domain/order/samples.ts'
import { returned } from '#domain/stock/samples.ts'
import { expectRule, inOrder, inStock } from './expect-rule.ts'
import { returnsFollowRefunds } from './returns-follow-refunds.ts'

const returnId = `${refundIdOf('a')}:rice-5kg`
const asked = inOrder(refundRequested('a', total, [{ productId: rice.productId, quantity: 2 }]))
const done = inOrder(refunded('a', total))
const back = inStock(returned(returnId, 2))
const found = (agreed: number | string, quantity: number, revision = 0) => ({
  rule: 'I4' as const,
  orderId,
  stream: 'stock-rice-5kg',
  message: 'Units came back that no completed refund returns',
  facts: { revision, returnId, quantity, agreed },
})

describe('I4, returned units', () => {
  it('follow the refund that returns them', () => {
    expectRule(returnsFollowRefunds, asked, done, back).toBeKept()
    expectRule(returnsFollowRefunds, asked, inOrder(refundRejected('a'))).toBeKept()
  })

  it('are owed once the money has gone back', () => {
    expectRule(returnsFollowRefunds, asked).toOwe()
    expectRule(returnsFollowRefunds, asked, done).toOwe({
      rule: 'I4',
      orderId,
      message: 'Units of a completed refund are not on sale again yet',
      facts: { returnId, units: 2 },
    })
  })

  it('do not come back before the money went, without a refund, twice, or in another number', () => {
    expectRule(returnsFollowRefunds, asked, back).toFind(found('nothing', 2))
    expectRule(returnsFollowRefunds, back).toFind(found('nothing', 2))
    expectRule(returnsFollowRefunds, asked, done, back, back).toFind(found('nothing', 2, 1))
    expectRule(returnsFollowRefunds, asked, done, inStock(returned(returnId, 1))).toFind(found(2, 1))
  })
})
