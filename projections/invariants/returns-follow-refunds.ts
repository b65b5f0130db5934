import { idIn } from '../events.ts'
import { caseOf, findingAt, step, type KeyedRule } from './rule.ts'

/** Units by the id under which they are to come back. */
type Units = Readonly<Record<string, number>>

interface Returns {
  /** By refund id: what is to come back once the money has gone back. */
  readonly planned: Readonly<Record<string, Units>>
  /** What may come back now. */
  readonly due: Units
}

const NOTHING: Returns = { planned: {}, due: {} }

const TYPES: ReadonlySet<string> = new Set([
  'OrderRefundRequested',
  'OrderPartlyRefunded',
  'OrderRefunded',
  'OrderRefundRejected',
  'StockReturned',
])

/** The id of a line's return: the refund's, and the product whose stream it stands in. */
const returnIdOf = (refundId: string, productId: string): string => `${refundId}:${productId}`

/** I4, the returns: units come back because a refund that returns them was completed, each line once and as agreed. */
export const returnsFollowRefunds: KeyedRule<Returns> = {
  name: 'I4',
  counts: 'orders with refunds',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (state = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I4', fact, orderId)
    switch (event?.type) {
      case 'OrderRefundRequested': {
        const { refundId, returning } = event.data
        const lines = Object.fromEntries(
          returning.map(({ productId, quantity }) => [returnIdOf(refundId, productId), quantity] as const),
        )
        return step({ ...state, planned: { ...state.planned, [refundId]: lines } })
      }
      case 'OrderPartlyRefunded':
      case 'OrderRefunded': {
        const { [event.data.refundId]: lines, ...planned } = state.planned
        return step({ planned, due: { ...state.due, ...lines } })
      }
      case 'OrderRefundRejected': {
        const { [event.data.refundId]: _, ...planned } = state.planned
        return step({ ...state, planned })
      }
      case 'StockReturned': {
        const { returnId, quantity } = event.data
        const { [returnId]: agreed, ...due } = state.due
        return step(
          { ...state, due },
          agreed === quantity && returnId.endsWith(`:${idIn(recorded.stream)}`)
            ? undefined
            : found('Units came back that no completed refund returns', {
                returnId,
                quantity,
                agreed: agreed ?? 'nothing',
              }),
        )
      }
      default:
        return step(state)
    }
  },
  open: ({ due }, orderId) =>
    Object.entries(due).map(([returnId, units]) => ({
      rule: 'I4',
      orderId,
      message: 'Units of a completed refund are not on sale again yet',
      facts: { returnId, units },
    })),
}
