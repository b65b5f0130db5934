import type { Map } from 'immutable'
import type { RefundId } from '../ids.ts'
import { money, sum, type Money } from '../money/money.ts'
import type { ReturnedLine } from './events.ts'

/** A refund that staff asked for. */
export interface OrderRefund {
  readonly amount: Money
  readonly reason: string
  readonly returning: readonly ReturnedLine[]
  /** It took all that was left at the time, so the same request without an amount is this one again. */
  readonly wasAllLeft: boolean
  readonly status: 'requested' | 'completed' | 'rejected'
}

export type Refunds = Map<RefundId, OrderRefund>

/** What is neither back nor on its way back. A rejected refund moved no money and holds none. */
export const leftToRefund = (total: Money, refunds: Refunds): Money => {
  const held = sumOf(total, refunds, ({ status }) => status !== 'rejected')
  return money(Math.max(total.amountMinor - held.amountMinor, 0), total.currency)
}

/** What the provider has given back. */
export const refundedSoFar = (total: Money, refunds: Refunds): Money =>
  sumOf(total, refunds, ({ status }) => status === 'completed')

/** Only what is in the total's currency can be part of it; nothing else is ever accepted, but whatever is stored must fold. */
const sumOf = (total: Money, refunds: Refunds, counts: (refund: OrderRefund) => boolean): Money =>
  sum(
    [...refunds.values()]
      .filter((refund) => counts(refund) && refund.amount.currency === total.currency)
      .map(({ amount }) => amount),
    total.currency,
  )
