import { accepted, refused, unchanged, type Decider } from '../decider.ts'
import type { NotificationCommand, NotificationRefusal } from './commands.ts'
import type { NotificationEvent } from './events.ts'

/**
 * How many different bodies an attempt's inbox keeps, from senders that are vouched for by their address or their
 * signature, and from all others. An attempt gets a handful; strangers have room of their own, so that no flood of
 * theirs takes the place of what the provider says. The newest are turned away rather than the oldest dropped: what
 * was first is the evidence, and a body that is not kept leads to a question all the same.
 */
export const KEPT_OF_VOUCHED = 150
export const KEPT_OF_STRANGERS = 50

/** How many bodies the ring remembers; one that comes again after this many others is stored again. */
export const REMEMBERED_BODIES = KEPT_OF_VOUCHED + KEPT_OF_STRANGERS

export interface NotificationState {
  readonly status: 'recording'
  /** Oldest first; of an attempt, all. */
  readonly recentHashes: readonly string[]
  readonly vouched: number
  readonly strangers: number
}

type Notifications<R> = Decider<NotificationState, NotificationCommand, NotificationEvent, R>

const isVouchedFor = ({ trusted, signature }: Pick<NotificationCommand, 'trusted' | 'signature'>): boolean =>
  trusted || signature === 'verified'

/** The ring of all notifications that name no attempt of ours: it keeps everything, and the log bounds its stream. */
export const ringDecider: Notifications<never> = {
  initial: { status: 'recording', recentHashes: [], vouched: 0, strangers: 0 },
  evolve: (state, { data }) => ({
    ...state,
    recentHashes: [...state.recentHashes, data.bodyHash].slice(-REMEMBERED_BODIES),
    vouched: state.vouched + (isVouchedFor(data) ? 1 : 0),
    strangers: state.strangers + (isVouchedFor(data) ? 0 : 1),
  }),
  decide: (state, command) => {
    const { type: _type, ...data } = command
    return state.recentHashes.includes(data.bodyHash)
      ? unchanged
      : accepted({ type: 'ProviderNotificationReceived', data })
  },
}

/** The inbox of one attempt. */
export const notificationDecider: Notifications<NotificationRefusal> = {
  ...ringDecider,
  decide: (state, command) => {
    const isFull = isVouchedFor(command)
      ? state.vouched >= KEPT_OF_VOUCHED
      : state.strangers >= KEPT_OF_STRANGERS
    const decision = ringDecider.decide(state, command)
    return decision.kind === 'accepted' && isFull ? refused('inbox-full') : decision
  },
}
