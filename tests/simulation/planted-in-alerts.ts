import { z } from 'zod'
import { derivedId } from '#platform/ids/ids.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { AlertingOptions } from '#processmanagers/alerting/alerting.ts'
import type { Planted } from './planted.ts'
import { ofType } from './planting.ts'

const Raised = z.looseObject({ alertId: z.string() })

/** How long a copy may stand still when nobody minds. */
const STANDS_STILL_MS = 10 * 60_000

/** Mistakes in telling people when orders and payments disagree. */
export const PLANTED_IN_ALERTS: readonly Planted[] = [
  {
    name: 'an alert has a new id whenever it is raised',
    seed: 22,
    within: 60,
    bug: {
      alerting: (options, host) => {
        const run: CommandRunner['run'] = (aggregate, id, command, context, more) => {
          if (!ofType(command, 'RaiseAlert'))
            return options.commands.run(aggregate, id, command, context, more)
          const alertId = derivedId(host.newId())
          const another: typeof command = { ...command, ...Raised.parse({ alertId }) }
          return options.commands.run(aggregate, alertId, another, { ...context, commandId: alertId }, more)
        }
        return { ...options, commands: { run } }
      },
    },
  },
  {
    name: 'alerts are judged on a copy that stands still for minutes',
    seed: 7,
    within: 60,
    bug: { alerting: standingStill },
  },
  {
    name: 'alerts go by the clock on the wall',
    seed: 114,
    within: 60,
    bug: {
      alerting: (options) => ({ ...options, clock: { ...options.clock, monotonicMs: options.clock.nowMs } }),
    },
  },
  {
    name: 'an alert does not wait until it has lasted',
    seed: 8,
    within: 60,
    bug: {
      alerting: (options) => ({
        ...options,
        thresholds: {
          unpaidSuccessMs: 0,
          unfundedOrderMs: 0,
          unknownPaymentMs: 0,
          stuckRefundMs: 0,
          refusedCredentialsMs: 0,
        },
      }),
    },
  },
  {
    name: 'an alert is never resolved by itself',
    seed: 7,
    within: 60,
    bug: {
      alerting: (options) => ({
        ...options,
        commands: {
          run: async (aggregate, id, command, context, more) =>
            ofType(command, 'ResolveAlert')
              ? { kind: 'unchanged', state: aggregate.decider.initial, revision: 0, position: 0 }
              : options.commands.run(aggregate, id, command, context, more),
        },
      }),
    },
  },
  {
    name: 'what has healed by the time somebody looks is not told',
    seed: 7,
    within: 60,
    bug: {
      alerting: (options) => ({
        ...options,
        cases: {
          ...options.cases,
          suspects: async (...question) =>
            (await options.cases.suspects(...question)).filter(({ facts }) =>
              Object.values(facts.attempts).every(
                ({ judged, refunds }) =>
                  judged === undefined ||
                  judged.as === 'PAID' ||
                  Object.values(refunds).every(({ status }) => status !== 'completed'),
              ),
            ),
        },
      }),
    },
  },
]

/** The copy is taken for the log, and is not renewed for minutes. */
function standingStill(options: AlertingOptions): AlertingOptions {
  let copy:
    { readonly atMs: number; readonly suspects: ReturnType<AlertingOptions['cases']['suspects']> } | undefined
  return {
    ...options,
    cases: {
      ...options.cases,
      suspects: (...question) => {
        const nowMs = options.clock.monotonicMs()
        if (copy === undefined || nowMs - copy.atMs > STANDS_STILL_MS)
          copy = { atMs: nowMs, suspects: options.cases.suspects(...question) }
        return copy.suspects
      },
    },
    store: {
      ...options.store,
      read: async function* (...call) {
        for await (const event of options.store.read(...call))
          if (event.createdAtMs <= (copy?.atMs ?? Infinity)) yield event
      },
    },
  }
}
