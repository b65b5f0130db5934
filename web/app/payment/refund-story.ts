import type { Order } from '../api/types'

export type Refund = Order['refunds'][number]

/** What the shop's staff sent back of the payment; money the order could not take is told as surplus. */
export const staffRefunds = ({ refunds }: Pick<Order, 'refunds'>): readonly Refund[] =>
  refunds.filter(({ kind }) => kind === 'staff')

export const isOnItsWayBack = ({ surplus, refunds }: Pick<Order, 'surplus' | 'refunds'>): boolean =>
  surplus.some(({ refund }) => refund !== 'COMPLETED') ||
  staffRefunds({ refunds }).some(({ status }) => status === 'REQUESTED')

/** The word beside an order's status; none where the status says it all. */
export const refundWord = (
  order: Pick<Order, 'status' | 'surplus' | 'refunds' | 'refunded'>,
): 'underWay' | 'partly' | 'done' | undefined => {
  if (isOnItsWayBack(order)) return 'underWay'
  if (order.status === 'REFUNDED') return undefined
  if (order.refunded.amountMinor > 0) return 'partly'
  return order.surplus.length > 0 ? 'done' : undefined
}
