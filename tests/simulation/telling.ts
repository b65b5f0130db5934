import { z } from 'zod'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { RunResult } from './run-seed.ts'
import type { Violation } from './violation.ts'

const LAST_EVENTS = 40
const LONGEST_LINE = 220

/** What has to be given again beside the seed. */
export const Told = z.object({
  mostOrders: z.int().positive().exactOptional(),
  bug: z.string().exactOptional(),
  setting: z.string().exactOptional(),
})
export type Told = z.infer<typeof Told>

const time = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23)

const eventLine = ({ createdAtMs, type, revision, stream, metadata, data }: RecordedEvent): string =>
  `  ${time(createdAtMs)} ${type} ${revision}@${stream} by ${metadata.actor} ${JSON.stringify(data)}`.slice(
    0,
    LONGEST_LINE,
  )

const factsOf = ({ facts }: Violation): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

export const againCommand = (seed: number, { mostOrders, bug, setting }: Told): string =>
  [
    `npm run simulate -- --seed ${seed} --trace`,
    ...(mostOrders === undefined ? [] : [`--orders ${mostOrders}`]),
    ...(bug === undefined ? [] : [`--bug ${JSON.stringify(bug)}`]),
    ...(setting === undefined ? [] : [`--setting ${JSON.stringify(setting)}`]),
  ].join(' ')

/** A failed run for whoever has to mend it; undefined when it did not fail. */
export const told = ({ seed, violations, events }: RunResult, how: Told = {}): string | undefined => {
  const [violation] = violations
  if (violation === undefined) return undefined
  const { rule, message, orderId, atMs } = violation
  const ofOrder =
    orderId === undefined ? events : events.filter(({ metadata }) => metadata.correlationId === orderId)
  return [
    `seed ${seed}: ${rule} at ${time(atMs)}: ${message} (${factsOf(violation)})`,
    `the last events of ${orderId === undefined ? 'the log' : `order ${orderId}`}:`,
    ...ofOrder.slice(-LAST_EVENTS).map(eventLine),
    `again: ${againCommand(seed, how)}`,
  ].join('\n')
}
