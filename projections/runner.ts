import type { Clock } from '#platform/clock/clock.ts'
import { keyedQueue } from '#platform/commands/keyed-queue.ts'
import type { Batch, EventStore, Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { prepareBatch, progressOf, type Change, type Progress } from './batch.ts'
import { SHOP_STREAM_PREFIXES } from './events.ts'
import { gathered } from './gathered.ts'
import { PARKED_KEYS, parkedKeysOf, type ParkedKey } from './parked-keys.ts'
import { checkpointName, type Projection } from './projection.ts'
import { retakeParked } from './retaking.ts'
import { waiters } from './waiters.ts'

export interface ProjectionStatus {
  /** `name@version`. */
  readonly name: string
  /** How far the stored copy is; undefined before the first commit. */
  readonly position: Position | undefined
  /** Whether everything that was in the log when we looked is in the copy. */
  readonly caughtUp: boolean
  /** Now less the time of the newest event folded in; zero when caught up, absent when nothing is known yet. */
  readonly lagMs?: number
  readonly parked: readonly ParkedKey[]
}

/** The part of the log that pino and the console share. */
export interface ProjectionLogger {
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

export interface ProjectionsOptions {
  readonly store: EventStore
  readonly readStore: ReadStore
  readonly projections: readonly Projection[]
  readonly clock: Clock
  /** Ends the loop after the batch in hand. */
  readonly signal: AbortSignal
  readonly logger?: ProjectionLogger
}

export interface Projections {
  readonly status: () => readonly ProjectionStatus[]
  /** True once every projection of this host has committed up to the position; false when the time is up or it stopped. */
  readonly waitFor: (position: Position, timeoutMs: number) => Promise<boolean>
  /**
   * Called after each commit, once per document it changed. After a crash between a commit and its calls they do not
   * come again: a listener that must not miss one reads the documents when it starts.
   */
  readonly onChange: (listener: (change: Change) => void) => () => void
  /** Resolves when the signal has ended the loop; never rejects. */
  readonly stopped: Promise<void>
}

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 5_000

/**
 * Feeds all projections of this host from one subscription. Each batch is one commit: all documents and all
 * checkpoints, so a crash anywhere loses nothing and doubles nothing. Whatever fails outside a single key (the read
 * store, the log) restarts the loop from the stored checkpoints, with backoff, until the signal ends it.
 */
export const startProjections = ({
  store,
  readStore,
  projections,
  clock,
  signal,
  logger,
}: ProjectionsOptions): Projections => {
  let progress: readonly Progress[] = projections.map((projection) => progressOf(projection, undefined, []))
  let caughtUp = false
  let newestEventMs: number | undefined
  let newestEvent: Position | undefined
  /** Whatever changes the progress does so alone. */
  const inTurn = keyedQueue()
  let retaking: Promise<void> | undefined
  const listeners = new Set<(change: Change) => void>()
  const waiting = waiters(clock)

  const settle = (next: readonly Progress[]): void => {
    progress = next
    const lowest = lowestPosition(next)
    if (lowest !== undefined) waiting.reached(lowest)
  }

  const notify = (changes: readonly Change[]): void => {
    for (const change of changes)
      for (const listener of listeners)
        try {
          listener(change)
        } catch (error) {
          logger?.error({ error, ...change }, 'A listener to read model changes threw')
        }
  }

  const apply = async (batch: Batch): Promise<void> => {
    const prepared = await prepareBatch(readStore, progress, batch)
    const { writes, checkpoints } = prepared
    if (writes.length > 0 || checkpoints.length > 0) await readStore.commit({ writes, checkpoints })
    for (const parked of prepared.parked) logger?.error(parked, 'A projection parked a key')
    newestEventMs = batch.events.at(-1)?.createdAtMs ?? newestEventMs
    newestEvent = batch.events.at(-1)?.position ?? newestEvent
    caughtUp = batch.caughtUp
    settle(prepared.progress)
    notify(prepared.changes)
  }

  const resume = async (): Promise<void> => {
    await readStore.prepare([PARKED_KEYS, ...projections.map(({ collection }) => collection)])
    settle(
      await Promise.all(
        projections.map(async (projection) => {
          const name = checkpointName(projection)
          return progressOf(projection, await readStore.checkpoint(name), await parkedKeysOf(readStore, name))
        }),
      ),
    )
  }

  const progressNamed = (name: string): Progress => {
    const found = progress.find((each) => each.name === name)
    if (found === undefined) throw new Error(`No projection ${name} runs here`)
    return found
  }

  /** What an earlier build could not read is taken up beside the log, once, so that nobody waits for it. */
  const retake = (): Promise<void> =>
    retakeParked({
      store,
      readStore,
      signal,
      names: progress.map(({ name }) => name),
      current: progressNamed,
      change: (name, work) =>
        inTurn('progress', async () => {
          const current = progressNamed(name)
          const { next, changes, parked, isDone } = await work(current, newestEvent)
          progress = progress.map((each) => (each === current ? next : each))
          for (const entry of parked) logger?.error(entry, 'A projection parked a key')
          notify(changes)
          return isDone
        }),
      onRetaken: (name, keys) => {
        logger?.warn({ projection: name, keys }, 'A projection took parked keys up again')
      },
    }).catch((error: unknown) => {
      logger?.warn({ error }, 'Parked keys could not be taken up again and stay parked')
    })

  const run = async (): Promise<void> => {
    let backoffMs = FIRST_BACKOFF_MS
    while (!signal.aborted) {
      try {
        await inTurn('progress', resume)
        retaking ??= retake()
        const batches = gathered(store, {
          name: 'projections',
          prefixes: SHOP_STREAM_PREFIXES,
          after: lowestPosition(progress) ?? 'start',
          signal,
          onStatus: (status) => {
            if (!status.connected) caughtUp = false
          },
        })
        for await (const batch of batches) {
          await inTurn('progress', () => apply(batch))
          backoffMs = FIRST_BACKOFF_MS
        }
      } catch (error) {
        logger?.warn({ error, backoffMs }, 'The projections stopped and start again')
      }
      caughtUp = false
      if (signal.aborted) break
      await clock.sleep(backoffMs, signal)
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    }
    waiting.giveUp()
  }

  const lag = (): { lagMs?: number } => {
    if (caughtUp) return { lagMs: 0 }
    return newestEventMs === undefined ? {} : { lagMs: Math.max(0, clock.nowMs() - newestEventMs) }
  }

  return {
    status: () =>
      progress.map(({ name, position, parked }) => ({
        name,
        position,
        caughtUp,
        ...lag(),
        parked: [...parked.values()],
      })),
    waitFor: waiting.wait,
    onChange: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    stopped: run().then(() => retaking),
  }
}

/** Undefined when any projection is at the very start, or there is none. */
const lowestPosition = (progress: readonly Progress[]): Position | undefined => {
  let lowest: Position | undefined
  for (const { position } of progress) {
    if (position === undefined) return undefined
    lowest = lowest === undefined ? position : Math.min(lowest, position)
  }
  return lowest
}
