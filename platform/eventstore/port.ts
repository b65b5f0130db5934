/**
 * The one way to the log. Positions and revisions are safe integers here: EventStoreDB's are 64-bit, but a position is
 * a byte offset, and 2^53 bytes is nine petabytes. Positions are opaque and have gaps: compare them, never add to them.
 */
export type Position = number

/** What every event of Kessai carries beside its data. */
export interface EventMetadata {
  /** The order (or other business case) this belongs to. */
  readonly correlationId: string
  /** The id of the event or request that led to this one. */
  readonly causationId: string
  readonly commandId: string
  /** Who did it: `customer:…`, `staff:…`, `process:checkout`, `system:seed`. Never a name or an address. */
  readonly actor: string
  readonly schemaVersion: number
  /** W3C trace context, where a trace is running. */
  readonly traceparent?: string
}

export interface EventToAppend {
  /** A UUID; a repeated append with the same ids at the same revision is the same append. */
  readonly id: string
  readonly type: string
  readonly data: object
  readonly metadata: EventMetadata
}

/** An event as the log holds it; `data` is checked and lifted by its context's codec, not here. */
export interface RecordedEvent {
  readonly stream: string
  readonly revision: number
  readonly position: Position
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly metadata: EventMetadata
  readonly createdAtMs: number
}

/** The decision was made against this revision. There is no "any": a decision is never made against an unknown state. */
export type ExpectedRevision = 'no-stream' | number

export type AppendResult =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: Position }
  /** Somebody else wrote first: load again and decide again. */
  | { readonly kind: 'conflict' }

/** What a subscription hands over at once; `position` says how far the log was considered, matches or not. */
export interface Batch {
  readonly events: readonly RecordedEvent[]
  readonly position: Position | undefined
  /** True while everything that was in the log when we looked has been handed over. */
  readonly caughtUp: boolean
}

export interface SubscriptionStatus {
  readonly name: string
  readonly connected: boolean
  readonly caughtUp: boolean
  readonly restarts: number
  /** Why it is not connected; absent before its first try and while it is. */
  readonly trouble?: string
}

export interface SubscribeOptions {
  /** For logs and readiness. */
  readonly name: string
  /** Prefixes of stream names, or of event types; the server's own `$` streams and events are left out. */
  readonly prefixes: readonly string[]
  /** What the prefixes are of; `stream` unless told. Whoever acts on few types is sent only those. */
  readonly by?: 'stream' | 'type'
  /** Where to go on after; `start` for the whole log, `end` for what comes from now on. */
  readonly after: Position | 'start' | 'end'
  readonly signal: AbortSignal
  readonly onStatus?: (status: SubscriptionStatus) => void
}

export interface EventStore {
  /**
   * Appends all events or none, only if the stream is at the expected revision. An unknown outcome is resolved by
   * repeating the same append (same ids, same revision), a bounded number of times.
   * @throws EventStoreUnavailable when the outcome is still unknown after that; what the store refused for good, such
   * as more than it takes at once, is thrown as it is.
   */
  readonly append: (
    stream: string,
    events: readonly [EventToAppend, ...EventToAppend[]],
    expected: ExpectedRevision,
  ) => Promise<AppendResult>
  /** Events of one stream from a revision on, oldest first; empty when the stream does not exist. */
  readonly read: (stream: string, from?: number, limit?: number) => AsyncIterable<RecordedEvent>
  /** The newest event of a stream, or undefined when there is none. */
  readonly last: (stream: string) => Promise<RecordedEvent | undefined>
  /**
   * Everything under the prefixes, in log order, for as long as the signal allows. A lost connection restarts by
   * itself from the last batch handed over. Reading stops while the consumer is busy: there is no unbounded buffer.
   */
  readonly subscribe: (options: SubscribeOptions) => AsyncIterable<Batch>
  /** Keeps only the newest `maxCount` events of a housekeeping stream. Idempotent. */
  readonly keepOnly: (stream: string, maxCount: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** The log cannot be reached or has not answered in time: the outcome is unknown, never failed. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable'
}
