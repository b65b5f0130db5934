import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { givenUpOf, type PaymentState } from '#domain/payment/state.ts'
import type { Planted } from './planted.ts'
import { deciding, ofType } from './planting.ts'

const asIfNotGivenUp = (state: PaymentState): PaymentState => {
  if (state.status === 'orphaned') {
    const { givenUp: _, ...known } = state
    return { ...known, status: 'requested' }
  }
  if (state.status !== 'failed') return state
  const { givenUp: _, ...known } = state
  return known
}

const believing = deciding(payment, (state, command: PaymentCommand) =>
  payment.decider.decide(
    command.type === 'RecordPaymentObservation' ? asIfNotGivenUp(state) : state,
    command,
  ),
)

/** Mistakes about codes that nobody was shown, and that our own cancel takes back. */
export const PLANTED_IN_CANCELS: readonly Planted[] = [
  {
    name: 'the success of a cancelled code is believed before it is given back',
    seed: 7,
    within: 200,
    bug: { commands: believing },
  },
  {
    name: 'who has not read that a code was given up believes its success',
    seed: 20,
    within: 100,
    setting: 'unseen codes are paid',
    bug: {
      commands: (commands) => ({
        ...commands,
        run: async (aggregate, id, command, context, options) => {
          const isAnswer =
            aggregate.category === payment.category && ofType(command, 'RecordPaymentObservation')
          const isUnaware = isAnswer && givenUpOf(await commands.recent(payment, id)).givenUp === undefined
          return (isUnaware ? believing(commands) : commands).run(aggregate, id, command, context, options)
        },
      }),
    },
  },
]
