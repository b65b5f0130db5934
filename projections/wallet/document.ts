import type { Money } from '#domain/money/money.ts'

/** What one customer's wallet holds. Its id is the customer's. */
export interface WalletDocument {
  readonly customerId: string
  readonly openedAtMs: number
  readonly balance: Money
}

export const ENTRY_KINDS = ['deposit', 'payment', 'refund'] as const

/** One line of a wallet's statement. Its id is that of the event it was made from. */
export interface WalletEntry {
  readonly customerId: string
  /** Where it stands in the log: what the statement is sorted and paged by. */
  readonly position: number
  readonly kind: (typeof ENTRY_KINDS)[number]
  /** Always positive: which way the money went is for the kind to say. */
  readonly amount: Money
  /** What the wallet held after it. */
  readonly balance: Money
  /** The order that was paid, or that the money came back from; of a deposit there is none. */
  readonly orderId?: string
  readonly atMs: number
}
