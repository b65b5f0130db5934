import { sameMoney, type Money } from '#domain/money/money.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type KeyedRule } from './rule.ts'

/** One refund of an order, as the order and its payment have it. */
interface Refund {
  readonly amount: Money
  /** Whose money it is, as the order says. */
  readonly merchantPaymentId: string
  /** What the payment's stream says of it. */
  readonly atPayment: 'nothing' | 'requested' | 'completed' | 'rejected'
  /** What the order's stream says of it. */
  readonly atOrder: 'requested' | 'completed' | 'rejected'
}

interface OrderRefunds {
  readonly total?: Money
  readonly paidBy?: string
  readonly refundedMinor: number
  readonly refunds: Readonly<Record<string, Refund>>
}

const NOTHING: OrderRefunds = { refundedMinor: 0, refunds: {} }

const TYPES: ReadonlySet<string> = new Set([
  'OrderPlaced',
  'OrderPaid',
  'OrderRefundRequested',
  'OrderPartlyRefunded',
  'OrderRefunded',
  'OrderRefundRejected',
  'RefundRequested',
  'RefundCompleted',
  'RefundRejected',
])

/**
 * I1, refunds by staff: what an order says went back is what its own payment gave back, refund by refund and in the sum
 * that the order carries; it is refunded when that sum is its total, and not before.
 */
export const refundsAgree: KeyedRule<OrderRefunds> = {
  name: 'I1',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (state = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I1', fact, orderId)
    const withRefund = (refundId: string, refund: Refund, refundedMinor = state.refundedMinor) => ({
      ...state,
      refundedMinor,
      refunds: { ...state.refunds, [refundId]: refund },
    })
    switch (event?.type) {
      case 'OrderPlaced':
        return step({ ...state, total: event.data.total })
      case 'OrderPaid':
        return step({ ...state, paidBy: event.data.merchantPaymentId })
      case 'OrderRefundRequested': {
        const { refundId, amount, merchantPaymentId } = event.data
        return step(
          withRefund(refundId, { amount, merchantPaymentId, atPayment: 'nothing', atOrder: 'requested' }),
          merchantPaymentId === state.paidBy
            ? undefined
            : found('A refund is to be taken from money that is not the payment of its order', {
                refundId,
                merchantPaymentId,
                paidBy: state.paidBy ?? 'nothing',
              }),
        )
      }
      case 'RefundRequested': {
        const { refundId, amount } = event.data
        const refund = state.refunds[refundId]
        if (refund === undefined) return step(state)
        const isSame = sameMoney(refund.amount, amount) && idIn(recorded.stream) === refund.merchantPaymentId
        return step(
          withRefund(refundId, { ...refund, atPayment: 'requested' }),
          isSame
            ? undefined
            : found('A refund is asked of the payment otherwise than the order asked for it', {
                refundId,
                order: told(refund.amount),
                payment: told(amount),
              }),
        )
      }
      case 'RefundCompleted':
      case 'RefundRejected': {
        const refund = state.refunds[event.data.refundId]
        if (refund === undefined) return step(state)
        const atPayment = event.type === 'RefundCompleted' ? 'completed' : 'rejected'
        return step(withRefund(event.data.refundId, { ...refund, atPayment }))
      }
      case 'OrderPartlyRefunded':
      case 'OrderRefunded': {
        const { refundId, amount, refundedInTotal } = event.data
        const refund = state.refunds[refundId]
        const refundedMinor = state.refundedMinor + amount.amountMinor
        const isWhole = refundedMinor === state.total?.amountMinor
        return step(
          refund === undefined
            ? { ...state, refundedMinor }
            : withRefund(refundId, { ...refund, atOrder: 'completed' }, refundedMinor),
          refund?.atPayment === 'completed' && sameMoney(refund.amount, amount)
            ? undefined
            : found('An order was given back what its payment did not give back', {
                refundId,
                order: told(amount),
                payment: refund === undefined ? 'nothing' : `${told(refund.amount)} ${refund.atPayment}`,
              }),
          refundedInTotal.amountMinor === refundedMinor
            ? undefined
            : found('The refunds of an order do not add up', {
                refundId,
                expected: refundedMinor,
                found: refundedInTotal.amountMinor,
              }),
          isWhole === (event.type === 'OrderRefunded')
            ? undefined
            : found('An order is refunded by another sum than its total', {
                refundedMinor,
                total: state.total === undefined ? 'nothing' : told(state.total),
              }),
        )
      }
      case 'OrderRefundRejected': {
        const { refundId } = event.data
        const refund = state.refunds[refundId]
        return step(
          refund === undefined ? state : withRefund(refundId, { ...refund, atOrder: 'rejected' }),
          refund?.atPayment === 'rejected'
            ? undefined
            : found('A refund was given up that its payment did not reject', { refundId }),
        )
      }
      default:
        return step(state)
    }
  },
  open: ({ refunds }, orderId) =>
    Object.entries(refunds)
      .filter(([, { atOrder, atPayment }]) => atOrder === 'requested' && atPayment !== 'requested')
      .map(([refundId, { amount, atPayment }]) => ({
        rule: 'I1',
        orderId,
        stream: `order-${orderId}`,
        message:
          atPayment === 'nothing'
            ? 'A refund of an order has not been asked of its payment yet'
            : 'The order does not know yet how its refund ended',
        facts: { refundId, amountMinor: amount.amountMinor },
      })),
}
