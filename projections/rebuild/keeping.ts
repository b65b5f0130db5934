import type { Clock } from '#platform/clock/clock.ts'
import { RENEW_EVERY_MS, type Lease } from './leases.ts'

export interface KeepingOptions {
  readonly clock: Clock
  /** What is said of the work with each renewal. */
  readonly report: () => object | undefined
  /** Asked before each renewal; false ends the work. */
  readonly isWanted?: () => Promise<boolean>
}

/**
 * Does work while a lease is renewed beside it, whatever the work waits for. The signal the work gets ends when the lease
 * was lost, the read store is away, or the work is not wanted any more.
 */
export const keeping = async <T>(
  lease: Lease,
  { clock, report, isWanted = () => Promise.resolve(true) }: KeepingOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const ending = new AbortController()
  const keep = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(RENEW_EVERY_MS, ending.signal)
      if (ending.signal.aborted) return
      if (!(await isWanted()) || !(await lease.renew(report()))) ending.abort()
    }
  }
  const renewing = keep().catch(() => ending.abort())
  try {
    return await work(ending.signal)
  } finally {
    ending.abort()
    await renewing
  }
}
