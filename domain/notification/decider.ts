import { accepted, unchanged, type Decider } from '../decider.ts'
import type { NotificationCommand, NotificationRefusal } from './commands.ts'
import type { NotificationEvent } from './events.ts'

/**
 * How many bodies a stream remembers. The provider repeats a delivery within a day and an attempt gets a handful of
 * them; a body that comes again after this many others is stored again, which only costs one more question.
 */
export const REMEMBERED_BODIES = 200

export interface NotificationState {
  readonly status: 'recording'
  /** Oldest first. */
  readonly recentHashes: readonly string[]
}

/** The inbox of one attempt, or the ring of all notifications that name no attempt of ours. */
export const notificationDecider: Decider<
  NotificationState,
  NotificationCommand,
  NotificationEvent,
  NotificationRefusal
> = {
  initial: { status: 'recording', recentHashes: [] },
  evolve: (state, { data }) => ({
    ...state,
    recentHashes: [...state.recentHashes, data.bodyHash].slice(-REMEMBERED_BODIES),
  }),
  decide: (state, { rawBody, bodyHash, claim, sourceAddress, trusted, receivedAtMs }) =>
    state.recentHashes.includes(bodyHash)
      ? unchanged
      : accepted({
          type: 'ProviderNotificationReceived',
          data: { rawBody, bodyHash, claim: { ...claim }, sourceAddress, trusted, receivedAtMs },
        }),
}
