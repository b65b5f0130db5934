import type { Batch, Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { Progress } from '../batch.ts'

/** What the shared subscription has handed over since it began, as far as it matters to who wants to join it. */
export interface Seen {
  readonly startsAfter: (position: Position | undefined) => void
  readonly note: (batch: Batch) => void
  /** The newest event handed over, if any. */
  readonly newestEvent: () => Position | undefined
  /**
   * Whether a copy has seen all that was handed over and concerns it, so that what comes next is all it lacks. Its own
   * reading may stand at a lower position than the shared one while the log is quiet, or while only others' streams
   * grow; then being at the end of the log, with the newest event of its own streams, says it.
   */
  readonly isCovered: (progress: Progress, batch: Batch) => boolean
  readonly position: () => Position
}

const categoryOf = ({ stream }: RecordedEvent): string => stream.slice(0, stream.indexOf('-'))

export const seenSoFar = (): Seen => {
  let handedOver: Position = -1
  let newest: Position | undefined
  const newestOf = new Map<string, Position>()
  return {
    startsAfter: (position) => {
      handedOver = position ?? -1
    },
    note: (batch) => {
      for (const event of batch.events) newestOf.set(categoryOf(event), event.position)
      newest = batch.events.at(-1)?.position ?? newest
      handedOver = Math.max(handedOver, batch.position ?? -1)
    },
    newestEvent: () => newest,
    isCovered: ({ position = -1, categories }, batch) =>
      position >= handedOver ||
      (batch.caughtUp && [...categories].every((category) => (newestOf.get(category) ?? -1) <= position)),
    position: () => handedOver,
  }
}
