import type { Clock } from '#platform/clock/clock.ts'
import type { Batch, EventStore, Position } from '#platform/eventstore/port.ts'
import type { Indexed, ReadStore } from '#platform/readstore/port.ts'
import { prepareBatch, progressOf, type Progress } from '../batch.ts'
import { gathered, waitingUpTo } from '../gathered.ts'
import { PARKED_KEYS, parkedKeysOf } from '../parked-keys.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { revisionGaps } from '../revision-gaps.ts'
import { isWhole } from './indexing.ts'
import { takeOver } from './taking-over.ts'

/** How a build gets on; `events` are those it has read since it was started or taken up again. */
export interface BuildProgress {
  readonly position: Position | undefined
  readonly events: number
  readonly newestEventMs: number | undefined
  /** While the indexes are made. */
  readonly indexes?: Indexed
}

export interface BuildOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  /** Refuses what is written once somebody else builds this copy. */
  readonly readStore: ReadStore
  /** Of the copy that is built. */
  readonly projection: Projection
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Events per commit. Others can write only between commits. */
  readonly portion: number
  /** How long to leave the machine to others after this much work; not at all unless told. */
  readonly pauseAfterMs?: (workedMs: number) => number
  readonly onProgress?: (progress: BuildProgress) => void
  /** A copy that is never asked but by id, as one to compare with, needs no indexes. */
  readonly withoutIndexes?: true
  /** Asked after each commit whether that was all, once the copy has its indexes. */
  readonly isDone: (progress: Progress, batch: Batch) => boolean | Promise<boolean>
}

/**
 * A commit costs nearly the same for a hundred events as for a thousand, so a portion waits this long for the next batch
 * as long as there is one.
 */
const FILLING_MS = 20

/**
 * Folds the log into a copy nobody reads yet, from its checkpoint on, reading only the streams it is made from. Its
 * indexes are made when it has come to the end of the log, all documents at once, which costs a fraction of keeping them
 * in order with every commit; then it takes up what came meanwhile. It may be killed at any point and begun again: each
 * commit holds whole events, with the checkpoint, and an index is there or it is not. Resolves true when done, false when
 * the signal ended it; rejects when the log or the read store fails, or somebody else has taken over.
 */
export const build = async (options: BuildOptions): Promise<boolean> => {
  const { readStore, projection, signal, onProgress, isDone } = options
  const name = checkpointName(projection)
  await readStore.prepare([PARKED_KEYS])
  await readStore.prepare([projection.collection], { indexes: 'later' })
  let progress = progressOf(projection, await takeOver(readStore, name), await parkedKeysOf(readStore, name))
  let made: BuildProgress = { position: progress.position, events: 0, newestEventMs: undefined }
  const foldUntil = (isOver: BuildOptions['isDone']): Promise<boolean> =>
    fold(
      options,
      progress,
      made,
      (next, madeNow) => {
        progress = next
        made = madeNow
        onProgress?.(made)
      },
      isOver,
    )

  const indexed = await readStore.indexed(projection.collection)
  if (options.withoutIndexes !== true && !isWhole(indexed)) {
    if (!(await foldUntil((_, { caughtUp }) => caughtUp))) return false
    const tell = (indexes: Indexed): void => onProgress?.({ ...made, indexes })
    tell(indexed)
    try {
      await readStore.makeIndexes(projection.collection, { signal, onMade: tell })
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
  return foldUntil(isDone)
}

/** From where the copy is; `before` is what was made earlier in this build. */
const fold = async (
  { store, readStore, clock, signal, portion, pauseAfterMs }: BuildOptions,
  from: Progress,
  before: BuildProgress,
  onCommit: (progress: Progress, made: BuildProgress) => void,
  isOver: BuildOptions['isDone'],
): Promise<boolean> => {
  let progress = from
  const gapsIn = revisionGaps()
  let { events, newestEventMs } = before
  const batches = gathered(
    store,
    {
      name: `rebuild ${progress.name}`,
      prefixes: [...progress.categories].map((category) => `${category}-`),
      after: progress.position ?? 'start',
      signal,
    },
    portion,
    waitingUpTo(clock, FILLING_MS),
  )
  let beganAtMs = clock.nowMs()
  for await (const batch of batches) {
    if (signal.aborted) break
    const prepared = await prepareBatch(readStore, [progress], batch, gapsIn(batch.events))
    const { writes, checkpoints } = prepared
    if (writes.length > 0 || checkpoints.length > 0) await readStore.commit({ writes, checkpoints })
    progress = prepared.progress[0] ?? progress
    events += batch.events.length
    newestEventMs = batch.events.at(-1)?.createdAtMs ?? newestEventMs
    onCommit(progress, { position: progress.position, events, newestEventMs })
    if (await isOver(progress, batch)) return true
    const pauseMs = pauseAfterMs?.(clock.nowMs() - beganAtMs) ?? 0
    if (pauseMs > 0) await clock.sleep(pauseMs, signal)
    beganAtMs = clock.nowMs()
  }
  return false
}
