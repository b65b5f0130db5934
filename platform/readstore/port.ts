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
  | { readonly kind: 'delete'; readonly collection: string; readonly id: string }

export interface Checkpoint {
  readonly name: string
  /** Everything up to here is done. A lower position than the stored one changes nothing. */
  readonly position: Position
}

export interface WriteBatch {
  /** Applied in order. A put never overwrites a document with a higher position. */
  readonly writes: readonly Write[]
  /** Written with the documents, or after them where the engine has no transactions; never before. */
  readonly checkpoint?: Checkpoint
  /** The same for a host that moves several at once. */
  readonly checkpoints?: readonly Checkpoint[]
}

/** A field of the body (dotted path) that queries filter or sort by; declared beside the projection. */
export interface CollectionSpec {
  readonly name: string
  readonly indexes: readonly (readonly string[])[]
}

export interface Query {
  /** Dotted body path → exact value, or one of several. */
  readonly where?: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' }
  readonly offset?: number
  /** At most 1,000; 100 unless told. */
  readonly limit?: number
}

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
  /** All or nothing where the engine can; harmless to repeat everywhere. */
  readonly commit: (batch: WriteBatch) => Promise<void>
  readonly checkpoint: (name: string) => Promise<Position | undefined>
  /** Drops a collection's documents and the checkpoint of that name, for a rebuild. */
  readonly clear: (collection: string, checkpoint?: string) => Promise<void>
  readonly close: () => Promise<void>
}
