import { account } from '#domain/account/aggregate.ts'
import { MAX_BALANCE_MINOR } from '#domain/account/commands.ts'
import { accepted } from '#domain/decider.ts'
import { money } from '#domain/money/money.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { Planted } from './planted.ts'
import { deciding, ofType } from './planting.ts'

let calls = 0

/** Mistakes with the money in wallets. */
export const PLANTED_IN_WALLETS: readonly Planted[] = [
  {
    name: 'a wallet pays again when its debit is taken up again',
    seed: 6,
    within: 150,
    bug: {
      commands: deciding(
        account,
        (state, command) =>
          command.type === 'DebitFunds' && state.status === 'open'
            ? account.decider.decide({ ...state, debits: state.debits.clear() }, command)
            : account.decider.decide(state, command),
        (context, command) =>
          ofType(command, 'DebitFunds')
            ? { ...context, commandId: derivedId(context.commandId, (calls += 1)) }
            : context,
      ),
    },
  },
  {
    name: 'a refund comes into the wallet with every try',
    seed: 14,
    within: 150,
    bug: {
      commands: deciding(
        account,
        (state, command) => {
          if (command.type !== 'RefundFunds' || state.status === 'none')
            return account.decider.decide(state, command)
          const debits = state.debits.map((debit) => ({ ...debit, refundedMinor: 0 }))
          return account.decider.decide({ ...state, debits, refunds: state.refunds.clear() }, command)
        },
        (context, command) =>
          ofType(command, 'RefundFunds')
            ? { ...context, commandId: derivedId(context.commandId, (calls += 1)) }
            : context,
      ),
    },
  },
  {
    name: 'a wallet pays without a look at what it holds',
    seed: 12,
    within: 60,
    bug: {
      commands: deciding(account, (state, command) => {
        const decision = account.decider.decide(
          command.type === 'DebitFunds' && state.status === 'open'
            ? { ...state, balanceMinor: MAX_BALANCE_MINOR }
            : state,
          command,
        )
        if (decision.kind !== 'accepted' || state.status === 'none') return decision
        const [first] = decision.events
        if (first.type !== 'FundsDebited') return decision
        const leftMinor = Math.max(0, state.balanceMinor - first.data.amount.amountMinor)
        const balance = money(leftMinor, state.currency)
        return accepted({ ...first, data: { ...first.data, balance } })
      }),
    },
  },
  {
    name: 'what goes back of a wallet’s payment is booked and never credited',
    seed: 6,
    within: 60,
    bug: {
      commands: (commands) => ({
        ...commands,
        run: async (aggregate, id, command, context, options) => {
          if (!ofType(command, 'RefundFunds')) return commands.run(aggregate, id, command, context, options)
          const state = await commands.state(aggregate, id)
          return { kind: 'unchanged', state, revision: 0, position: 0 }
        },
      }),
    },
  },
]
