import type { Clock } from '#platform/clock/clock.ts'
import type { Position } from '#platform/eventstore/port.ts'
import type { ReadStore, Write } from '#platform/readstore/port.ts'
import type { DeadlineIndex } from './deadline-index.ts'

const FLUSH_EVERY_MS = 200

export interface FlushingOptions {
  readonly readStore: ReadStore
  readonly clock: Clock
  readonly deadlines: DeadlineIndex
  readonly checkpointName: string
  readonly checkpoint: () => Position | undefined
  /** All that was known is stored, up to this position. */
  readonly stored: (position: Position | undefined) => void
  /** The store refused; it is tried again. */
  readonly failed: (error: unknown) => void
}

export interface Flushing {
  /** Something has changed that a restart would have to know; written soon. */
  readonly markDirty: () => void
  /** Writes a last time. Resolves also when that failed: what is missing is worked out again from the log. */
  readonly stop: () => Promise<void>
}

/** Writes alarms and checkpoint together, a few times a second at most: never the checkpoint without its alarms. */
export const flushing = (options: FlushingOptions): Flushing => {
  const { readStore, clock, deadlines, checkpointName } = options
  // By alarm, so that a store that is away for long leaves the newest write of each and not one per change.
  const unwritten = new Map<string, Write>()
  let cancelTimer: (() => void) | undefined
  let writing = Promise.resolve()
  let lastStored: Position | undefined
  let stopping = false

  const write = async (): Promise<void> => {
    cancelTimer = undefined
    const position = options.checkpoint()
    for (const change of deadlines.takeWrites()) unwritten.set(change.id, change)
    if (unwritten.size === 0 && position === lastStored) return options.stored(position)
    const batch = [...unwritten]
    try {
      await readStore.commit({
        writes: batch.map(([, change]) => change),
        ...(position === undefined ? {} : { checkpoint: { name: checkpointName, position } }),
      })
      for (const [id, change] of batch) if (unwritten.get(id) === change) unwritten.delete(id)
      lastStored = position
      options.stored(position)
    } catch (error) {
      options.failed(error)
      markDirty()
    }
  }

  const markDirty = (): void => {
    if (stopping) return
    cancelTimer ??= clock.timer(FLUSH_EVERY_MS, () => {
      writing = writing.then(write)
    })
  }

  return {
    markDirty,
    stop: async () => {
      stopping = true
      cancelTimer?.()
      writing = writing.then(write)
      await writing
    },
  }
}
