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

export interface WriteBatch {
  /** Applied in order. A put never overwrites a document with a higher position. */
  readonly writes: readonly Write[]
  /** Written with the documents, or after them where the engine has no transactions; never before. */
  readonly checkpoint?: Checkpoint
  /** The same for a host that moves several at once. */
  readonly checkpoints?: readonly Checkpoint[]
  /**
   * All must hold, or the commit is refused with `StaleFence`. SQLite looks in each transaction that writes, so a stale
   * batch changes nothing at all, unless a fence passed on between the files of one batch. MongoDB, without transactions, looks before the first document and again before the
   * checkpoints, and marks each document and checkpoint with the fences it was written under: a batch that was on its
   * way when a fence passed on changes nothing the next holder has written, and moves no checkpoint the next holder has
   * touched. What it may still leave there are documents the next holder has not come to, as far as the stale one had
   * folded them. A new holder therefore commits the checkpoints it found, under its fences, before it goes on; one that
   * is not there yet, or was cleared, cannot be touched.
   */
  readonly fences?: readonly Fence[]
}

/** What a commit depends on: this document is still at this position, which only ever rises. */
export interface Fence {
  readonly collection: string
  readonly id: string
  readonly position: Position
}

/** Changes one document only if it is as the caller last saw it. */
export interface Swap {
  readonly collection: string
  readonly id: string
  /** Where the caller saw it; undefined when it was not there. */
  readonly expected: Position | undefined
  /** Its position from now on; may be the same. */
  readonly position: Position
  readonly body: object
}

/** Declared beside the projection. */
export interface CollectionSpec {
  /** Letters, digits and `_@.#-`. With a `#` it is a copy beside another one, which an engine may keep apart from the rest. */
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
  /** Dotted body path → numbers above one and up to another. What is no number there lies in no stretch. */
  readonly between?: Readonly<Record<string, Stretch>>
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' }
  readonly offset?: number
  /** At most 1,000; 100 unless told. */
  readonly limit?: number
  /** False spares the count, which costs as much as all that match: `total` is then only how many are given. */
  readonly counted?: boolean
}

/** Numbers greater than `above`, up to and including `upTo`: whoever pages goes on above the last one seen. */
export interface Stretch {
  readonly above: number
  readonly upTo: number
}

export interface Indexed {
  readonly made: number
  readonly of: number
}

/** Somebody else has taken over since: whoever gets this stops writing. */
export class StaleFence extends Error {
  override readonly name = 'StaleFence'
}

/** The engine did not answer in time, or the answer was lost: what was asked may or may not have happened. */
export class ReadStoreUnavailable extends Error {
  override readonly name = 'ReadStoreUnavailable'
}

/** Any call may throw ReadStoreUnavailable. */
export interface ReadStore {
  /**
   * Creates what is missing; repeatable. A copy that is about to be filled takes its documents much faster where its
   * indexes come `later`, by `makeIndexes`; queries answer the same without them, slowly. Indexes that are there stay, and
   * where the engine could not make them later without harm to others it makes them now.
   */
  readonly prepare: (
    collections: readonly CollectionSpec[],
    how?: { readonly indexes: 'now' | 'later' },
  ) => Promise<void>
  /** How many of the indexes a collection is to have are there. */
  readonly indexed: (spec: CollectionSpec) => Promise<Indexed>
  /**
   * Makes the indexes that are missing, one by one over all the documents, without holding up the event loop or those who
   * write to other collections; nobody is to write to this one meanwhile. What was made before it was ended, or killed,
   * stays, and the next call makes the rest. Rejects with the signal's reason when that ended it.
   */
  readonly makeIndexes: (
    spec: CollectionSpec,
    options: { readonly signal: AbortSignal; readonly onMade?: (indexed: Indexed) => void },
  ) => Promise<void>
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
   * How many of those that match have each text at a path, by the text (compared as UTF-8 bytes); at most 1,000 texts.
   * Where an index begins with the conditions and goes on with the path, no document is read for it.
   */
  readonly countBy: (
    collection: string,
    query: Pick<Query, 'where'>,
    path: string,
  ) => Promise<ReadonlyMap<string, number>>
  /**
   * The documents after an id, by id (compared as UTF-8 bytes), at most 1,000 unless told less: what reads a whole
   * collection, in steps that cost the same wherever they begin.
   */
  readonly scan: <D extends object>(
    collection: string,
    after?: string,
    limit?: number,
  ) => Promise<readonly StoredDocument<D>[]>
  /** How much is in a collection; the bytes are those of the bodies, as well as the engine knows them. */
  readonly size: (collection: string) => Promise<{ readonly documents: number; readonly bytes: number }>
  /**
   * All or nothing where the engine can, which on SQLite ends where copies are in files of their own; harmless to repeat everywhere.
   * @throws StaleFence when one of the fences no longer holds.
   */
  readonly commit: (batch: WriteBatch) => Promise<void>
  /**
   * Atomic on every engine: true if the document was as expected and is now as told, false if nothing was changed. After
   * ReadStoreUnavailable either may be so; it is never repeated by itself.
   */
  readonly swap: (swap: Swap) => Promise<boolean>
  readonly checkpoint: (name: string) => Promise<Position | undefined>
  /**
   * Drops a collection with its indexes, and the checkpoint of that name; in short steps where others would have to wait,
   * and then it rejects with the signal's reason when that ended it half-way.
   */
  readonly clear: (collection: string, checkpoint?: string, signal?: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}
