import type { Clock } from '#platform/clock/clock.ts'
import type { Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { checkpointName, type Projection } from './projection.ts'
import type { Projections } from './runner.ts'

/**
 * Read your own write: resolves true once the read models have reached the position a command answered with, false
 * when the time is up. Rejects only when the read store cannot be asked.
 */
export type WaitForPosition = (position: Position, timeoutMs: number) => Promise<boolean>

export interface WaitOptions {
  readonly readStore: ReadStore
  /** Those whose documents are about to be read. */
  readonly projections: readonly Pick<Projection, 'name' | 'version'>[]
  readonly clock: Clock
  /** The projections themselves, where they run in this process: they say at once, without polling. */
  readonly running?: Pick<Projections, 'waitFor'>
}

const POLL_EVERY_MS = 20

/** For any process that reads: told by the projections where it hosts them, else by their stored checkpoints. */
export const positionWait = ({ readStore, projections, clock, running }: WaitOptions): WaitForPosition => {
  if (running !== undefined) return running.waitFor
  const names = projections.map(checkpointName)

  const isReached = async (position: Position): Promise<boolean> => {
    const checkpoints = await Promise.all(names.map((name) => readStore.checkpoint(name)))
    return checkpoints.every((checkpoint) => checkpoint !== undefined && checkpoint >= position)
  }

  return async (position, timeoutMs) => {
    const deadlineMs = clock.nowMs() + timeoutMs
    for (;;) {
      if (await isReached(position)) return true
      const leftMs = deadlineMs - clock.nowMs()
      if (leftMs <= 0) return false
      await clock.sleep(Math.min(POLL_EVERY_MS, leftMs))
    }
  }
}
