import type { Position } from '../eventstore/port.ts'

/**
 * Where copies live: read models, checkpoints and open deadlines. Everything here may be dropped and built again from
 * the log. Narrow on purpose, so that SQLite and MongoDB both fit: documents by id, equality filters, one sort.
 */
export interface StoredDocument<D = object> {
  readonly id: string
  /** The position of the newest event folded into it: a replay up to here changes nothing. */
  readonly position: Position
  readonly body: D
}

export type Write =
  | {
      readonly kind: 'put'
      readonly collection: string
      readonly id: string
      readonly position: Position
      readonly body: object
    }
  | {
      readonly kind: 'delete'
      readonly collection: string
      readonly id: string
      /** Where it is given, a document with a higher position stays. */
      readonly position?: Position
    }

export interface Checkpoint {
  readonly name: string
  /** Everything up to here is done. A lower position than the stored one changes nothing. */
  readonly position: Position
}

/** Who may write: every holder of a lease has a higher epoch than the one before it. */
export interface Fence {
  readonly lease: string
  readonly epoch: number
}

export interface WriteBatch {
  /** Applied in order. A put never overwrites a document with a higher position. */
  readonly writes: readonly Write[]
  /** Written with the documents, or after them where the engine has no transactions; never before. */
  readonly checkpoint?: Checkpoint
  /** The same for a host that moves several at once. */
  readonly checkpoints?: readonly Checkpoint[]
  /**
   * Raises the lease to this epoch and refuses the batch when it is higher already. A new holder commits its fence with
   * the checkpoints it found before it reads what it will change. Where the engine has no transactions, a batch that
   * was on its way meanwhile cannot change what the new holder has written, nor move a checkpoint it has taken over.
   */
  readonly fence?: Fence
}

/** Declared beside the projection. */
export interface CollectionSpec {
  readonly name: string
  /** Fields of the body (dotted paths) that queries filter or sort by. */
  readonly indexes: readonly (readonly string[])[]
  /**
   * A JSON schema, in the words MongoDB's `$jsonSchema` knows, which bodies must meet: a second guard where the engine
   * has validators, and nothing elsewhere.
   */
  readonly schema?: Readonly<Record<string, unknown>>
}

export interface Query {
  /** Dotted body path → exact value, or one of several. No path leads through an array or to one. */
  readonly where?: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' }
  readonly offset?: number
  /** At most 1,000; 100 unless told. */
  readonly limit?: number
}

/** Somebody else holds the lease now: whoever gets this stops writing. */
export class StaleEpoch extends Error {
  override readonly name = 'StaleEpoch'
}

/** The engine did not answer in time, or the answer was lost: what was asked may or may not have happened. */
export class ReadStoreUnavailable extends Error {
  override readonly name = 'ReadStoreUnavailable'
}

/** Any call may throw ReadStoreUnavailable. */
export interface ReadStore {
  /** Creates what is missing; repeatable. */
  readonly prepare: (collections: readonly CollectionSpec[]) => Promise<void>
  readonly get: <D extends object>(collection: string, id: string) => Promise<StoredDocument<D> | undefined>
  readonly load: <D extends object>(
    collection: string,
    ids: readonly string[],
  ) => Promise<Map<string, StoredDocument<D>>>
  /** Sorted by the given field, then by id in the same direction, so that paging is stable; `total` counts all that match. */
  readonly find: <D extends object>(
    collection: string,
    query: Query,
  ) => Promise<{ readonly items: readonly StoredDocument<D>[]; readonly total: number }>
  /**
   * All or nothing where the engine can; harmless to repeat everywhere.
   * @throws StaleEpoch when the fence is no longer the batch's.
   */
  readonly commit: (batch: WriteBatch) => Promise<void>
  readonly checkpoint: (name: string) => Promise<Position | undefined>
  /** Drops a collection's documents and the checkpoint of that name, for a rebuild. */
  readonly clear: (collection: string, checkpoint?: string) => Promise<void>
  readonly close: () => Promise<void>
}
