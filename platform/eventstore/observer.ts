import type { SubscriptionStatus } from './port.ts'

/** How an append ended; `unavailable` means that its outcome is unknown. */
export type AppendOutcome = 'appended' | 'conflict' | 'refused' | 'unavailable'

/** What whoever runs the shop is told about the event store's edge. Called in the middle of things: it must not throw. */
export interface EventStoreObserver {
  readonly append: (outcome: AppendOutcome, durationMs: number) => void
  /** An append is repeated, its outcome being unknown so far. */
  readonly retry: (stream: string, error: unknown) => void
  /** A call other than an append was given up. */
  readonly unavailable: (call: 'read' | 'keep-only') => void
  /** The client answered nothing and was replaced. */
  readonly rebuild: (rebuilds: number) => void
  readonly subscription: (status: SubscriptionStatus) => void
  /** Its consumer has left. */
  readonly subscriptionEnded: (name: string) => void
}

/** For specs and commands that nobody watches. */
export const nobodyWatches: EventStoreObserver = {
  append: () => {},
  retry: () => {},
  unavailable: () => {},
  rebuild: () => {},
  subscription: () => {},
  subscriptionEnded: () => {},
}
