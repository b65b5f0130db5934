/** The largest revision EventStoreDB knows (a .NET long); `$streamDeleted` is written there. */
export const LONG_MAX = 9_223_372_036_854_775_807n

/**
 * How the revision of a tombstone is kept here: the largest safe integer, because a column read by
 * JavaScript cannot hold `LONG_MAX`. Only the stored frame carries the real number.
 */
export const TOMBSTONE = Number.MAX_SAFE_INTEGER

/** The revision of a stream that has no events. */
export const NO_EVENTS = -1

/** What the writer says it saw. A number is the exact last revision. */
export type ExpectedRevision = 'any' | 'no-stream' | 'stream-exists' | number

/** An event as a writer proposes it. `id` is a lower-case UUID. */
export type ProposedEvent = {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly customMetadata: Uint8Array
}

/** An event as it lies in the log. `frame` is the whole `ReadResp` message that answers a read of it. */
export type StoredEvent = {
  readonly position: number
  readonly streamId: number
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly createdMs: number
  readonly frame: Buffer
}

/** Where a stream stands. `streamId` 0 means that the stream has no row yet. */
export type Head = { readonly streamId: number; readonly lastRevision: number }

/** The name of the stream that holds the metadata of `stream`. */
export const metastreamOf = (stream: string): string => `$$${stream}`

/** Whether `stream` holds the metadata of another stream. */
export const isMetastream = (stream: string): boolean => stream.startsWith('$$')

/** The stream whose metadata `metastream` holds. */
export const originalOf = (metastream: string): string => metastream.slice(2)
