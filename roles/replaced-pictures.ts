import type { Logger } from 'pino'
import type { Clock } from '#platform/clock/clock.ts'
import { sweepReplacedPictures, type SweepOptions } from '#processmanagers/replaced-pictures/sweeping.ts'

export interface SweepingOptions extends Omit<SweepOptions, 'nowMs'> {
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** A start has other things to do, and whoever starts again and again still sweeps now and then. */
const FIRST_AFTER_MS = 10 * 60 * 1_000
const EVERY_MS = 24 * 60 * 60 * 1_000

/** Removes the files of pictures that were replaced long ago, once a day, until the signal ends it; never rejects. */
export const keepSweepingPictures = async ({ clock, logger, ...options }: SweepingOptions): Promise<void> => {
  const { signal } = options
  await clock.sleep(FIRST_AFTER_MS, signal)
  while (!signal.aborted) {
    try {
      const files = await sweepReplacedPictures({ ...options, nowMs: clock.nowMs() })
      if (files > 0) logger.info({ files }, 'The files of replaced pictures were removed')
    } catch (error) {
      if (signal.aborted) return
      logger.warn(
        { error: String(error) },
        'Replaced pictures could not be removed; they stay for another day',
      )
    }
    await clock.sleep(EVERY_MS, signal)
  }
}
