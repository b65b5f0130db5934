import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { parking } from './parking/parking.ts'
import type { Process } from './process.ts'
import { PROCESS_COLLECTIONS, startProcess, type RunningProcess } from './runner.ts'

const Noted = z.object({ n: z.int() })
export type NotedEvent = { readonly type: 'Noted'; readonly data: z.infer<typeof Noted> }

const codec = defineCodec<NotedEvent>({ Noted: { version: 1, data: Noted } })

export interface RunnerBenchOptions {
  /** Puts something between the runner and the read store, or the log. */
  readonly readStoreBetween?: (readStore: ReadStore) => ReadStore
  readonly storeBetween?: (store: EventStore) => EventStore
}

/** One process under the real runner, on a log in memory and a clock that moves on command. */
export const runnerBench = async (options: RunnerBenchOptions = {}) => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const sqlite = openSqliteReadStore(':memory:')
  await sqlite.prepare(PROCESS_COLLECTIONS)
  const readStore = options.readStoreBetween?.(sqlite) ?? sqlite
  const store = options.storeBetween?.(log) ?? log
  const runnerOn = (on: EventStore) => commandRunner({ store: on, clock, random: () => 0 })
  const commands = runnerOn(log)
  const lives: { readonly stopping: AbortController; readonly running: RunningProcess }[] = []
  const logs: { readonly message: string; readonly detail: object; readonly level: 'warn' | 'error' }[] = []
  let appended = 0

  const start = (
    process: Pick<Process<NotedEvent>, 'onEvent'> & Partial<Process<NotedEvent>>,
  ): RunningProcess => {
    const stopping = new AbortController()
    const running = startProcess<NotedEvent>(
      {
        name: 'noting',
        codec,
        handles: ['Noted'],
        key: ({ stream }) => stream.slice('case-'.length),
        parallelism: 4,
        onDeadline: async () => {},
        ...process,
      },
      {
        store,
        readStore,
        commands: runnerOn(store),
        clock,
        signal: stopping.signal,
        log: (message, detail, level = 'warn') => {
          logs.push({ message, detail, level })
        },
      },
    )
    lives.push({ stopping, running })
    return running
  }

  const halt = async (): Promise<void> => {
    const ending = [...lives]
    for (const { stopping } of ending) stopping.abort()
    // A last look at timers that only end a wait, such as those of a retry.
    await clock.advance(0)
    await Promise.all(ending.map(({ running }) => running.stopped))
  }

  return {
    clock,
    log,
    readStore: sqlite,
    commands,
    start,
    halt,
    /** What the runner said so far. */
    logs,
    /** Appends to `case-{key}`, at its end. */
    note: async (
      key: string,
      n: number,
      how: { type?: string; data?: object; schemaVersion?: number; stream?: string } = {},
    ): Promise<void> => {
      const stream = how.stream ?? `case-${key}`
      const revision = (await log.last(stream))?.revision
      appended += 1
      await log.append(
        stream,
        [
          {
            id: derivedId('note', appended),
            type: how.type ?? 'Noted',
            data: how.data ?? { n },
            metadata: {
              correlationId: key,
              causationId: '',
              commandId: `note-${appended}`,
              actor: 'system:spec',
              schemaVersion: how.schemaVersion ?? 1,
            },
          },
        ],
        revision ?? 'no-stream',
      )
    },
    checkpoint: () => sqlite.checkpoint('process:noting'),
    alarms: async () => (await sqlite.find<{ name: string }>('process_deadlines', {})).items,
    parked: async () => (await commands.state(parking, 'noting')).keys,
    requestReplay: (key: string) => {
      appended += 1
      const commandId = `replay-${appended}`
      return commands.run(
        parking,
        'noting',
        { type: 'RequestReplay', key, by: 'staff:spec', atMs: clock.nowMs() },
        { commandId, correlationId: key, causationId: commandId, actor: 'staff:spec' },
      )
    },
    [Symbol.asyncDispose]: async () => {
      await halt()
      await sqlite.close()
    },
  }
}
