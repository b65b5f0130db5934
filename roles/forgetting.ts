import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { catchUpKeyring } from '#processmanagers/forgetting/catching-up.ts'
import type { Logger } from 'pino'
import type { People } from './people.ts'

export interface KeyringOptions {
  readonly store: EventStore
  readonly people: People
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** A start is not held up for longer; the keyring then catches up while the shop is open. */
const PATIENCE_MS = 10_000
const AGAIN_AFTER_MS = 5_000

/**
 * Before a shop opens: its keyring forgets whom it was asked to forget since it was copied. Goes on by itself, for as
 * long as it takes, where the event store does not answer in time.
 */
export const forgetAgain = async ({
  store,
  people,
  clock,
  logger,
  signal,
}: KeyringOptions): Promise<void> => {
  const caughtUp = (async () => {
    while (!signal.aborted) {
      try {
        await catchUpKeyring({ eventStore: store, keyring: people.keyring, signal })
        return
      } catch (error) {
        if (signal.aborted) return
        logger.error(
          { error: String(error) },
          'The keyring could not be told whom to forget; it is tried again',
        )
        await clock.sleep(AGAIN_AFTER_MS, signal)
      }
    }
  })()
  const waited = new AbortController()
  await Promise.race([caughtUp, clock.sleep(PATIENCE_MS, AbortSignal.any([signal, waited.signal]))])
  waited.abort()
}
