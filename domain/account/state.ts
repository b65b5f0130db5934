import { Map } from 'immutable'
import { impossible } from '../decider.ts'
import type { CustomerId, OrderId } from '../ids.ts'
import type { AccountEvent } from './events.ts'

/** What was asked of the wallet for one attempt, and its answer for good. */
export interface Debit {
  readonly orderId: OrderId
  readonly amountMinor: number
  /** Its own, because one that was refused may have been asked for in another than the wallet's. */
  readonly currency: string
  readonly outcome: 'paid' | 'insufficient-funds' | 'order-ended'
  readonly refundedMinor: number
  readonly atMs: number
}

interface RefundedDebit {
  readonly debitId: string
  readonly amountMinor: number
}

/**
 * Every business id is remembered for good: one that was forgotten would pay out or come in twice when an old command is
 * replayed. It grows with one customer's own orders and deposits, about 300 bytes each (docs/reference/wallet.md has the
 * figures); persistent collections make a step cost O(log n), and the runner reads on from the state it remembers.
 */
export type AccountState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open'
      readonly customerId: CustomerId
      readonly currency: string
      readonly openedAtMs: number
      readonly balanceMinor: number
      /** Minor units by deposit id. */
      readonly deposits: Map<string, number>
      readonly debits: Map<string, Debit>
      readonly refunds: Map<string, RefundedDebit>
    }

/** Only assigns. An account begins when it is opened, so earlier events leave `none` as it is. */
export const evolve = (state: AccountState, event: AccountEvent): AccountState => {
  if (event.type === 'AccountOpened') {
    const { customerId, currency, atMs } = event.data
    const nothing = { balanceMinor: 0, deposits: Map<string, number>() }
    const blank = { ...nothing, debits: Map<string, Debit>(), refunds: Map<string, RefundedDebit>() }
    return { status: 'open', customerId, currency, openedAtMs: atMs, ...blank }
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'FundsDeposited': {
      const { depositId, amount, balance } = event.data
      const deposits = state.deposits.set(depositId, amount.amountMinor)
      return { ...state, balanceMinor: balance.amountMinor, deposits }
    }
    case 'FundsDebited': {
      const { debitId, balance } = event.data
      const debits = state.debits.set(debitId, debitOf(event.data, 'paid'))
      return { ...state, balanceMinor: balance.amountMinor, debits }
    }
    case 'DebitRefused':
      return {
        ...state,
        debits: state.debits.set(event.data.debitId, debitOf(event.data, event.data.reason)),
      }
    case 'FundsRefunded': {
      const { refundId, debitId, amount, balance } = event.data
      const { amountMinor } = amount
      const debit = state.debits.get(debitId)
      return {
        ...state,
        balanceMinor: balance.amountMinor,
        refunds: state.refunds.set(refundId, { debitId, amountMinor }),
        ...(debit === undefined
          ? {}
          : {
              debits: state.debits.set(debitId, {
                ...debit,
                refundedMinor: debit.refundedMinor + amountMinor,
              }),
            }),
      }
    }
    default:
      return impossible(event)
  }
}

type Asked = Extract<AccountEvent, { type: 'FundsDebited' | 'DebitRefused' }>['data']

const debitOf = ({ orderId, amount, atMs }: Asked, outcome: Debit['outcome']): Debit => ({
  orderId,
  ...amount,
  outcome,
  refundedMinor: 0,
  atMs,
})
