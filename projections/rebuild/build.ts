import type { Clock } from '#platform/clock/clock.ts'
import type { Batch, EventStore, Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { prepareBatch, progressOf, type Progress } from '../batch.ts'
import { gathered, waitingUpTo } from '../gathered.ts'
import { PARKED_KEYS, parkedKeysOf } from '../parked-keys.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { revisionGaps } from '../revision-gaps.ts'
import { takeOver } from './taking-over.ts'

/** How a build gets on; `events` are those it has read since it was started or taken up again. */
export interface BuildProgress {
  readonly position: Position | undefined
  readonly events: number
  readonly newestEventMs: number | undefined
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
  /** Asked after each commit whether that was all. */
  readonly isDone: (progress: Progress, batch: Batch) => boolean | Promise<boolean>
}

/**
 * A commit costs nearly the same for a hundred events as for a thousand, so a portion waits this long for the next batch
 * as long as there is one.
 */
const FILLING_MS = 20

/**
 * Folds the log into a copy nobody reads yet, from its checkpoint on, reading only the streams it is made from. It may
 * be killed at any point and begun again: each commit holds whole events, with the checkpoint. Resolves true when done,
 * false when the signal ended it; rejects when the log or the read store fails, or somebody else has taken over.
 */
export const build = async (options: BuildOptions): Promise<boolean> => {
  const { store, readStore, projection, clock, signal, portion, onProgress, isDone } = options
  const name = checkpointName(projection)
  await readStore.prepare([PARKED_KEYS, projection.collection])
  let progress = progressOf(projection, await takeOver(readStore, name), await parkedKeysOf(readStore, name))
  const gapsIn = revisionGaps()
  let events = 0
  let newestEventMs: number | undefined
  const batches = gathered(
    store,
    {
      name: `rebuild ${name}`,
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
    onProgress?.({ position: progress.position, events, newestEventMs })
    if (await isDone(progress, batch)) return true
    const pauseMs = options.pauseAfterMs?.(clock.nowMs() - beganAtMs) ?? 0
    if (pauseMs > 0) await clock.sleep(pauseMs, signal)
    beganAtMs = clock.nowMs()
  }
  return false
}
