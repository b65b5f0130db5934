import type { Clock } from '#platform/clock/clock.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import type { Projection } from '../projection.ts'
import { build, type BuildProgress } from './build.ts'
import { firstDifference, type Difference } from './difference.ts'
import { documentHash, documentsIn, setHash } from './hash.ts'

export interface VerifyOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  readonly readStore: ReadStore
  /** Empty, and for this alone: the fresh fold goes here. */
  readonly scratch: ReadStore
  /** Of the copy that is looked at. */
  readonly projection: Projection
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress?: (progress: BuildProgress) => void
}

export interface Verdict {
  readonly documents: number
  readonly storedHash: string
  readonly freshHash: string
  /** How many documents are not what the log comes to. */
  readonly differing: number
  readonly first?: Difference & { readonly id: string }
}

const PORTION = 2_048
const LOOK_AGAIN_EVERY_MS = 50
/** A shop that is open changes documents while they are compared; each is looked at for at most ten seconds. */
const MOST_LOOKS = 200
/** More than a live shop moves at once. */
const MOST_UNSETTLED = 10_000

/**
 * Folds the log anew, beside the shop, and compares every document with the stored one. Both go on meanwhile, so those
 * that differ are looked at until both were seen at one position. Rejects when the log or the read store fails or the
 * signal ends it.
 */
export const verify = async (options: VerifyOptions): Promise<Verdict> => {
  const { store, readStore, scratch, projection, clock, signal, onProgress } = options
  const collection = projection.collection.name
  const ending = new AbortController()
  const reading: { isAtEnd: boolean; failure?: unknown } = { isAtEnd: false }
  const folding = build({
    store,
    readStore: scratch,
    projection,
    clock,
    signal: AbortSignal.any([signal, ending.signal]),
    portion: PORTION,
    withoutIndexes: true,
    ...(onProgress === undefined ? {} : { onProgress }),
    isDone: (_, batch) => {
      reading.isAtEnd ||= batch.caughtUp
      return false
    },
  }).catch((error: unknown) => {
    reading.failure = error
  })

  const pause = async (): Promise<void> => {
    await clock.sleep(LOOK_AGAIN_EVERY_MS, signal)
    if (reading.failure !== undefined) throw reading.failure
    signal.throwIfAborted()
  }

  const [storedHash, freshHash] = [setHash(), setHash()]
  let documents = 0
  let differing = 0
  let first: Verdict['first']
  const same = (hash: string): void => {
    storedHash.add(hash)
    freshHash.add(hash)
  }
  const different = (
    id: string,
    stored: StoredDocument | undefined,
    fresh: StoredDocument | undefined,
  ): void => {
    differing += 1
    if (stored !== undefined) storedHash.add(documentHash(stored))
    if (fresh !== undefined) freshHash.add(documentHash(fresh))
    const difference = firstDifference(stored?.body, fresh?.body)
    if (difference !== undefined && (first === undefined || id < first.id)) first = { id, ...difference }
  }

  try {
    while (!reading.isAtEnd) await pause()
    const unsettled = new Set<string>()
    for await (const [stored, fresh] of pairs(
      documentsIn(readStore, collection),
      documentsIn(scratch, collection),
    )) {
      documents += 1
      signal.throwIfAborted()
      const id = (stored ?? fresh)?.id ?? ''
      const hash = stored === undefined ? undefined : documentHash(stored)
      if (hash !== undefined && fresh !== undefined && hash === documentHash(fresh)) same(hash)
      else if (stored !== undefined && stored.position === fresh?.position) different(id, stored, fresh)
      else if (unsettled.size < MOST_UNSETTLED) unsettled.add(id)
      else different(id, stored, fresh)
    }

    const seen = new Map(
      [...unsettled].map(
        (id) => [id, { stored: new Map<number, string>(), fresh: new Map<number, string>() }] as const,
      ),
    )
    for (let look = 1; seen.size > 0; look += 1) {
      const stored = await readStore.load(collection, [...seen.keys()])
      const fresh = await scratch.load(collection, [...seen.keys()])
      for (const [id, versions] of seen) {
        const now = { stored: stored.get(id), fresh: fresh.get(id) }
        // A document that is gone from both was deleted meanwhile.
        const isGone = now.stored === undefined && now.fresh === undefined
        if (isGone) documents -= 1
        const met = isGone ? undefined : meeting(versions, now)
        if (met !== undefined && met.stored === met.fresh) same(met.stored)
        else if (met !== undefined || look === MOST_LOOKS) different(id, now.stored, now.fresh)
        else if (!isGone) continue
        seen.delete(id)
      }
      if (seen.size > 0) await pause()
    }
  } finally {
    ending.abort()
    await folding
  }
  return {
    documents,
    storedHash: storedHash.digest(),
    freshHash: freshHash.digest(),
    differing,
    ...(first === undefined ? {} : { first }),
  }
}

type Versions = Map<number, string>
type Sides<T> = { readonly stored: T; readonly fresh: T }

/** Notes what both are now, and answers their hashes at a position at which both have been seen, if there is one. */
const meeting = (
  versions: Sides<Versions>,
  now: Sides<StoredDocument | undefined>,
): Sides<string> | undefined => {
  const hashes = {
    stored: now.stored === undefined ? undefined : documentHash(now.stored),
    fresh: now.fresh === undefined ? undefined : documentHash(now.fresh),
  }
  if (hashes.stored !== undefined && hashes.stored === hashes.fresh)
    return { stored: hashes.stored, fresh: hashes.fresh }
  if (now.stored !== undefined && hashes.stored !== undefined)
    versions.stored.set(now.stored.position, hashes.stored)
  if (now.fresh !== undefined && hashes.fresh !== undefined)
    versions.fresh.set(now.fresh.position, hashes.fresh)
  for (const [position, stored] of versions.stored) {
    const fresh = versions.fresh.get(position)
    if (fresh !== undefined) return { stored, fresh }
  }
  return undefined
}

type Pair = readonly [StoredDocument | undefined, StoredDocument | undefined]

/** Two collections by id; what is in one alone comes with nothing beside it. */
async function* pairs(
  stored: AsyncIterable<StoredDocument>,
  fresh: AsyncIterable<StoredDocument>,
): AsyncIterable<Pair> {
  const left = stored[Symbol.asyncIterator]()
  const right = fresh[Symbol.asyncIterator]()
  let [a, b] = [await left.next(), await right.next()]
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : byBytes(a.value.id, b.value.id)
    yield [
      a.done === true || order > 0 ? undefined : a.value,
      b.done === true || order < 0 ? undefined : b.value,
    ]
    if (order <= 0) a = await left.next()
    if (order >= 0) b = await right.next()
  }
}

/** As the engines order ids; JavaScript itself would compare UTF-16. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
