import { account } from '#domain/account/aggregate.ts'
import { accountCodec } from '#domain/account/codec.ts'
import type { AccountRefusal } from '#domain/account/commands.ts'
import type { CustomerId } from '#domain/ids.ts'
import type { Money } from '#domain/money/money.ts'
import type { CommandContext } from '#platform/commands/runner.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { Problem } from '../problems.ts'

export interface Deposit {
  readonly customerId: CustomerId
  readonly amount: Money
  readonly idempotencyKey: string
  /** `customer:{id}` or `staff:{id}`. */
  readonly actor: string
  readonly request: Pick<CommandContext, 'causationId' | 'traceparent'>
}

export interface BookedDeposit {
  readonly depositId: string
  /** What the wallet held right after it. */
  readonly balance: Money
  /** Where `FundsDeposited` stands in the log, the same for every repeat. */
  readonly position: Position
}

type DepositingDependencies = Pick<ApiDependencies, 'clock' | 'newId' | 'commands' | 'eventStore'>

/**
 * Pays money into a wallet, once per wallet and key: the deposit's id is derived from both, so a repeat after any crash is
 * the same deposit and gets the same answer.
 * @throws Problem `idempotency-key-reused`, or the wallet's own refusal.
 */
export const fundsDepositing =
  ({ clock, newId, commands, eventStore }: DepositingDependencies) =>
  async ({ customerId, amount, idempotencyKey, actor, request }: Deposit): Promise<BookedDeposit> => {
    const depositId = derivedId('deposit', customerId, idempotencyKey)
    const outcome = await commands.run(
      account,
      customerId,
      { type: 'DepositFunds', customerId, depositId, amount, atMs: clock.nowMs() },
      // A fresh id each time: a repeat may carry another amount, and must meet the deposit instead of passing for it.
      { commandId: newId(), correlationId: depositId, actor, ...request },
    )
    if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
    if (outcome.kind === 'unchanged') return { depositId, ...(await bookedBefore(customerId, depositId)) }
    if (outcome.state.status === 'none')
      throw new Error(`account-${customerId} took a deposit and is not open`)
    const { balanceMinor, currency } = outcome.state
    return { depositId, balance: { amountMinor: balanceMinor, currency }, position: outcome.position }

    /** Only a repeat looks for it, so the whole of the stream may be read. */
    async function bookedBefore(customerId: string, depositId: string) {
      for await (const recorded of eventStore.read(`account-${customerId}`)) {
        if (recorded.type !== 'FundsDeposited') continue
        const event = decodeRecorded(accountCodec, recorded)
        if (event.type === 'FundsDeposited' && event.data.depositId === depositId)
          return { balance: event.data.balance, position: recorded.position }
      }
      throw new Error(`account-${customerId} knows ${depositId} and does not hold it`)
    }
  }

const refusalProblem = (refusal: AccountRefusal): Problem => {
  switch (refusal) {
    case 'deposit-differs':
      return new Problem('idempotency-key-reused')
    case 'balance-limit-exceeded':
      return new Problem('balance-limit-exceeded')
    case 'currency-differs':
      return new Problem('currency-differs')
    default:
      throw new Error(`${refusal} is no answer to a deposit`)
  }
}
