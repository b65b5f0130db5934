import type { DomainEvent } from '#domain/decider.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { ConflictsOutlasted, type CommandRunner } from '#platform/commands/runner.ts'
import { decodeRecorded, placeOf, UndecodableEvent } from '#platform/eventstore/decoding.ts'
import {
  EventStoreUnavailable,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { checkpointTracker } from './checkpoint-tracker.ts'
import { DEADLINES, loadDeadlines, type Alarm } from './deadline-index.ts'
import { flushing } from './flushing.ts'
import { lanes } from './lanes.ts'
import { NOBODYS_KEY, parking, type ParkedWork } from './parking/parking.ts'
import type { Deadlines, Process } from './process.ts'

export interface ProcessRunnerOptions {
  readonly store: EventStore
  readonly readStore: ReadStore
  readonly commands: CommandRunner
  readonly clock: Clock
  readonly signal: AbortSignal
  /** `error` is for what a person must look at: something stands still until they do. `warn` unless told. */
  readonly log: (message: string, detail: object, level?: 'warn' | 'error') => void
}

export interface ProcessStatus {
  readonly name: string
  readonly connected: boolean
  readonly caughtUp: boolean
  readonly position: Position | undefined
  readonly queued: number
  readonly openDeadlines: number
  readonly parkedKeys: number
  /** Set while something keeps failing; the runner goes on trying. */
  readonly trouble?: string | undefined
}

export interface RunningProcess {
  readonly status: () => ProcessStatus
  /** Resolves when the signal has stopped it and its last checkpoint is written. */
  readonly stopped: Promise<void>
}

type Work =
  | { readonly kind: 'event'; readonly recorded: RecordedEvent; readonly done: () => void }
  | { readonly kind: 'deadline'; readonly alarm: Alarm }
  | { readonly kind: 'replay'; readonly done: () => void }

type EventOrAlarm = Exclude<Work, { kind: 'replay' }>

/** Somebody asked to try a parked key again. */
const REPLAY = 'ReplayRequested'

const LARGEST_BACKLOG = 2_000
const TRIES_BEFORE_PARKING = 5
const LONGEST_ERROR = 500
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 10_000

/** The collections a process host needs beside its read models. */
export const PROCESS_COLLECTIONS = [DEADLINES]

/** Runs one process until the signal aborts; whatever breaks, it starts again from its checkpoint and says so. */
export const startProcess = <E extends DomainEvent>(
  process: Process<E>,
  options: ProcessRunnerOptions,
): RunningProcess => {
  const { clock, signal, log } = options
  let status: ProcessStatus = {
    name: process.name,
    connected: false,
    caughtUp: false,
    position: undefined,
    queued: 0,
    openDeadlines: 0,
    parkedKeys: 0,
  }
  const stopped = (async () => {
    let backoffMs = FIRST_BACKOFF_MS
    while (!signal.aborted) {
      let reason = 'The subscription ended'
      try {
        await live(process, options, (change) => {
          status = { ...status, ...change }
          if (change.caughtUp === true) backoffMs = FIRST_BACKOFF_MS
        })
      } catch (error) {
        reason = String(error)
      }
      if (signal.aborted) break
      status = { ...status, connected: false, caughtUp: false, trouble: reason }
      log('The process stopped and starts again', { process: process.name, error: reason })
      await clock.sleep(backoffMs, signal)
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    }
  })()
  return { status: () => status, stopped }
}

/** One life of the process, from its stored checkpoint until the signal or a failure of its own plumbing. */
const live = async <E extends DomainEvent>(
  process: Process<E>,
  { store, readStore, commands, clock, signal, log }: ProcessRunnerOptions,
  report: (change: Partial<ProcessStatus>) => void,
): Promise<void> => {
  const checkpointName = `process:${process.name}`
  const after = await readStore.checkpoint(checkpointName)
  const deadlines = await loadDeadlines(readStore, process.name)
  /** Parked keys, each with the position of its first parked event: what is below that was done in an earlier life. */
  const parked = new Map<string, Position | undefined>()
  const parkedBefore = (await commands.state(parking, process.name)).keys
  for (const [key, { work }] of parkedBefore) parked.set(key, await firstParkedPosition(store, work))
  const tracker = checkpointTracker(after)
  const ending = new AbortController()
  const over = AbortSignal.any([signal, ending.signal])
  const handles = new Set<string>(process.handles)
  let caughtUp = false
  let troubled = 0
  report({ position: after, parkedKeys: parked.size, openDeadlines: deadlines.size() })

  const deadlinesOf = (key: string): Deadlines => ({
    set: (name, dueAtMs) => {
      deadlines.set(key, name, dueAtMs)
      schedule()
    },
    clear: (name) => {
      deadlines.clear(key, name)
    },
  })

  const park = async (key: string, item: EventOrAlarm, error: string): Promise<void> => {
    const work = parkedWorkOf(item)
    const at = work.kind === 'event' ? `${work.stream}@${work.revision}` : work.name
    const commandId = derivedId('park', process.name, key, at, clock.nowMs())
    await commands.run(
      parking,
      process.name,
      { type: 'ParkWork', key, work, error: error.slice(0, LONGEST_ERROR), atMs: clock.nowMs() },
      { commandId, correlationId: key, causationId: commandId, actor: `process:${process.name}` },
    )
    const waits = parked.has(key)
    parked.set(key, parked.get(key) ?? (item.kind === 'event' ? item.recorded.position : undefined))
    report({ parkedKeys: parked.size })
    const what = item.kind === 'event' ? placeOf(item.recorded) : { alarm: item.alarm.name }
    if (waits) log('Work waits behind a parked key', { process: process.name, key, ...what })
    else log('A key is parked', { process: process.name, key, ...what, error }, 'error')
  }

  const handleEvent = async (key: string, recorded: RecordedEvent): Promise<void> => {
    await process.onEvent(decodeRecorded(process.codec, recorded), recorded, deadlinesOf(key))
  }

  const released = (key: string): void => {
    parked.delete(key)
    report({ parkedKeys: parked.size })
  }

  /** Another instance may have done the work and released the key. */
  const standsStill = async (key: string): Promise<boolean> =>
    (await commands.state(parking, process.name)).keys.has(key)

  const replay = async (key: string): Promise<void> => {
    const waiting = (await commands.state(parking, process.name)).keys.get(key)
    for (const work of waiting?.work ?? []) {
      over.throwIfAborted()
      if (work.kind === 'deadline') await process.onDeadline(key, work.name, deadlinesOf(key))
      else {
        const recorded = await eventAt(store, work.stream, work.revision)
        if (recorded !== undefined) await handleEvent(key, recorded)
      }
    }
    const commandId = derivedId('release', process.name, key, clock.nowMs())
    await commands.run(
      parking,
      process.name,
      { type: 'ReleaseKey', key, atMs: clock.nowMs() },
      { commandId, correlationId: key, causationId: commandId, actor: `process:${process.name}` },
    )
    released(key)
  }

  /** Says why a replay that was asked for came to nothing; one that a start tries by itself is nobody's news. */
  const noteFailedReplay = async (key: string, error: string): Promise<void> => {
    const commandId = derivedId('replay-failed', process.name, key, clock.nowMs())
    await commands.run(
      parking,
      process.name,
      { type: 'NoteFailedReplay', key, error: error.slice(0, LONGEST_ERROR), atMs: clock.nowMs() },
      { commandId, correlationId: key, causationId: commandId, actor: `process:${process.name}` },
    )
  }

  const attempt = async (key: string, work: Work): Promise<void> => {
    if (work.kind === 'replay') return replay(key)
    if (parked.has(key)) {
      const doneBelow = parked.get(key)
      const wasDone = work.kind === 'event' && doneBelow !== undefined && work.recorded.position < doneBelow
      if (wasDone) return undefined
      if (await standsStill(key)) return park(key, work, 'Waits behind earlier work')
      released(key)
    }
    return work.kind === 'event'
      ? handleEvent(key, work.recorded)
      : process.onDeadline(key, work.alarm.name, deadlinesOf(key))
  }

  /**
   * Infrastructure that is away is waited for; what this build cannot read is put aside at once; anything else gets a
   * few tries first.
   */
  const settle = async (key: string, work: Work): Promise<void> => {
    if (work.kind === 'deadline' && !deadlines.holds(work.alarm)) return
    let backoffMs = FIRST_BACKOFF_MS
    let failures = 0
    let inTrouble = false
    try {
      while (!over.aborted) {
        try {
          await attempt(key, work)
          if (work.kind === 'deadline') deadlines.finish(work.alarm)
          else work.done()
          markDirty()
          return
        } catch (error) {
          if (over.aborted) return
          const away = error instanceof EventStoreUnavailable || error instanceof ConflictsOutlasted
          if (error instanceof UndecodableEvent) failures = TRIES_BEFORE_PARKING
          else if (!away) failures += 1
          if (!inTrouble) troubled += 1
          inTrouble = true
          report({ trouble: String(error) })
          log('A step failed', { process: process.name, key, failures, error: String(error) })
          if (failures >= TRIES_BEFORE_PARKING) {
            const isTold = await (
              work.kind === 'replay' ? noteFailedReplay(key, String(error)) : park(key, work, String(error))
            ).then(
              () => true,
              // The store is away: the next round tries to write it down again.
              () => false,
            )
            if (!isTold) failures -= 1
            else if (work.kind === 'replay' || parked.has(key)) {
              if (work.kind === 'deadline') deadlines.finish(work.alarm)
              else work.done()
              markDirty()
              return
            }
          }
          await clock.sleep(backoffMs, over)
          backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
        }
      }
    } finally {
      if (inTrouble) troubled -= 1
    }
  }

  const work = lanes<Work>(process.parallelism, settle)
  // This build may be able to read what an earlier one could not; if not, the key stays parked.
  for (const [key, { error }] of parkedBefore)
    if (error.startsWith(UndecodableEvent.name)) work.push(key, { kind: 'replay', done: () => {} })

  let cancelTimer = (): void => {}
  /** Alarms go off only when everything the log held has been taken up: a backlog must not look like silence. */
  const schedule = (): void => {
    cancelTimer()
    const dueAtMs = deadlines.nextDueAtMs()
    if (dueAtMs === undefined || !caughtUp || over.aborted) return
    cancelTimer = clock.timer(dueAtMs - clock.nowMs(), () => {
      if (!caughtUp || over.aborted) return
      for (const alarm of deadlines.takeDue(clock.nowMs())) work.push(alarm.key, { kind: 'deadline', alarm })
      schedule()
    })
  }

  const flusher = flushing({
    readStore,
    clock,
    deadlines,
    checkpointName,
    checkpoint: tracker.checkpoint,
    stored: (position) => {
      report({
        position,
        queued: work.queued(),
        openDeadlines: deadlines.size(),
        parkedKeys: parked.size,
        ...(troubled === 0 ? { trouble: undefined } : {}),
      })
    },
    failed: (error) => {
      report({ trouble: String(error) })
      log('The checkpoint could not be written', { process: process.name, error: String(error) })
    },
  })
  const markDirty = flusher.markDirty

  try {
    const batches = store.subscribe({
      name: process.name,
      prefixes: [...process.handles, REPLAY],
      by: 'type',
      after: after ?? 'start',
      signal: over,
      onStatus: ({ connected, caughtUp: now }) => {
        if (!connected) caughtUp = false
        report({ connected, ...(now ? {} : { caughtUp: false }) })
      },
    })
    for await (const batch of batches) {
      for (const recorded of batch.events) {
        if (recorded.type === REPLAY) {
          if (recorded.stream !== `parked-${process.name}`) continue
          const { data } = decodeRecorded(parking.codec, recorded)
          if (data.key === NOBODYS_KEY)
            log(
              'A request for a replay cannot be read',
              { process: process.name, ...placeOf(recorded) },
              'error',
            )
          else work.push(data.key, { kind: 'replay', done: tracker.begin(recorded.position) })
          continue
        }
        if (!handles.has(recorded.type)) continue
        const key = keyOf(process, recorded)
        if (key === undefined) continue
        await work.roomFor(LARGEST_BACKLOG)
        work.push(key, { kind: 'event', recorded, done: tracker.begin(recorded.position) })
      }
      if (batch.position !== undefined) tracker.reached(batch.position)
      markDirty()
      caughtUp = batch.caughtUp
      report({ caughtUp, queued: work.queued() })
      schedule()
    }
  } finally {
    ending.abort()
    cancelTimer()
    await work.roomFor(1)
    await flusher.stop()
  }
}

/** An event that is so broken that its case is not known is a case of its own, under the name of its stream. */
const keyOf = ({ key }: Pick<Process<never>, 'key'>, recorded: RecordedEvent): string | undefined => {
  try {
    return key(recorded) === '' ? recorded.stream : key(recorded)
  } catch {
    return recorded.stream
  }
}

const parkedWorkOf = (work: EventOrAlarm): ParkedWork =>
  work.kind === 'event'
    ? { kind: 'event', stream: work.recorded.stream, revision: work.recorded.revision }
    : { kind: 'deadline', name: work.alarm.name }

/** The event of this revision, or undefined when the stream's limit has dropped it meanwhile. */
const eventAt = async (
  store: EventStore,
  stream: string,
  revision: number,
): Promise<RecordedEvent | undefined> => {
  for await (const recorded of store.read(stream, revision, 1))
    if (recorded.revision === revision) return recorded
  return undefined
}

const firstParkedPosition = async (
  store: EventStore,
  work: readonly ParkedWork[],
): Promise<Position | undefined> => {
  for (const item of work)
    if (item.kind === 'event') return (await eventAt(store, item.stream, item.revision))?.position
  return undefined
}
