import { createHash } from 'node:crypto'
import type { ReadStore, StoredDocument } from '#platform/readstore/port.ts'

/** JSON with the members of every object in one order, so that equal documents are equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

export const documentHash = ({ id, body }: Pick<StoredDocument, 'id' | 'body'>): string =>
  createHash('sha256')
    .update(`${JSON.stringify(id)} ${canonical(body)}`)
    .digest('hex')

/** Of many documents, in whatever order they come: the sum of their hashes, each seen as one large number. */
export interface SetHash {
  readonly add: (documentHash: string) => void
  readonly digest: () => string
}

const DIGITS = 64
const MODULUS = 1n << 256n

export const setHash = (): SetHash => {
  let sum = 0n
  return {
    add: (hash) => {
      sum = (sum + BigInt(`0x${hash}`)) % MODULUS
    },
    digest: () => sum.toString(16).padStart(DIGITS, '0'),
  }
}

/** A hundred billion documents. */
const MOST_STEPS = 100_000_000

/** Everything in a collection, step by step. */
export async function* documentsIn(readStore: ReadStore, collection: string): AsyncIterable<StoredDocument> {
  let after: string | undefined
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const documents = await readStore.scan(collection, after)
    yield* documents
    const last = documents.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

/** What is stored, in one number: the same documents give the same, whenever and in whatever order they were written. */
export const collectionHash = async (
  readStore: ReadStore,
  collection: string,
): Promise<{ readonly documents: number; readonly hash: string }> => {
  const all = setHash()
  let documents = 0
  for await (const document of documentsIn(readStore, collection)) {
    all.add(documentHash(document))
    documents += 1
  }
  return { documents, hash: all.digest() }
}
