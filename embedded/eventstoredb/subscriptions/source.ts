/** The next messages for a subscriber. `isLast`: at this moment nothing is behind them. */
export type Supply =
  | {
      readonly kind: 'messages'
      readonly frames: readonly Buffer[]
      readonly isLast: boolean
      /** False if they came from the file because the tail in memory no longer reached back far enough. */
      readonly isLive: boolean
    }
  | { readonly kind: 'stream-deleted' }

/**
 * Where a subscription takes its messages from: the file while it catches up, the tail once it is live. It
 * decides anew on every call, so the hand-over is no moment of its own that could lose or double an event.
 */
export type Source = {
  readonly next: () => Supply
  /** What to send on becoming live, before caught-up. */
  readonly onLive: () => readonly Buffer[]
}
