import type { CustomerId, MerchantPaymentId, OrderId, RefundId } from '../ids.ts'
import { MAX_AMOUNT_MINOR, type Money } from '../money/money.ts'

/** Pays money in, and opens the wallet where there is none; the same deposit id again is unchanged. */
export interface DepositFunds {
  readonly type: 'DepositFunds'
  readonly customerId: CustomerId
  readonly depositId: string
  readonly amount: Money
  readonly atMs: number
}

/**
 * Pays for an attempt, or records that there is not enough for it: either is the answer for good, and the same debit id
 * again is unchanged. Which of the two it was stands in the state.
 */
export interface DebitFunds {
  readonly type: 'DebitFunds'
  readonly customerId: CustomerId
  readonly debitId: MerchantPaymentId
  readonly orderId: OrderId
  readonly amount: Money
  readonly atMs: number
}

/**
 * The order ended before its attempt was paid: it never will be. Unchanged where the wallet has answered already, also
 * where it has paid; which it was stands in the state.
 */
export interface CloseDebit extends Omit<DebitFunds, 'type'> {
  readonly type: 'CloseDebit'
}

/** Gives back of what was paid under a debit id; the same refund id again is unchanged. */
export interface RefundFunds {
  readonly type: 'RefundFunds'
  readonly refundId: RefundId
  readonly debitId: MerchantPaymentId
  readonly amount: Money
  readonly atMs: number
}

export type AccountCommand = DepositFunds | DebitFunds | CloseDebit | RefundFunds

/**
 * Why a wallet command is refused, in order of precedence.
 * - `amount-out-of-range`: not a whole number of minor units from one to the most that one deposit, or one payment, may be.
 * - `deposit-differs`, `debit-differs`, `refund-differs`: the id was used before with other particulars.
 * - `unknown-debit`: nothing was ever paid under this id, so nothing of it can come back.
 * - `currency-differs`: the wallet, or what was paid, is in another currency.
 * - `balance-limit-exceeded`: the wallet would hold more than it may. A refund is never refused for that: the money is
 *   the customer's.
 * - `refund-exceeds-debit`: all refunds of a debit together would be more than it took.
 */
export type AccountRefusal =
  | 'amount-out-of-range'
  | 'deposit-differs'
  | 'debit-differs'
  | 'refund-differs'
  | 'unknown-debit'
  | 'currency-differs'
  | 'balance-limit-exceeded'
  | 'refund-exceeds-debit'

/** The most one deposit may be: ten million yen, or a hundred thousand of a currency with two decimals. */
export const MAX_DEPOSIT_MINOR = 10_000_000
/** The most a wallet may come to hold by deposits. With all refunds on top it stays far inside the safe integers. */
export const MAX_BALANCE_MINOR = MAX_AMOUNT_MINOR
