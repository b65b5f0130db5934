import type { Query } from './port.ts'

/** What the port lets through, alike on every engine: names and paths become part of a statement, spans cost memory. */

const COLLECTION = /^[A-Za-z0-9][A-Za-z0-9_@.#-]{0,99}$/
const PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1_000

/** Texts that are told apart at once. */
export const MOST_TEXTS = 1_000

/** @throws RangeError on a name that could not be a collection's. */
export const collectionName = (name: string): string => {
  if (!COLLECTION.test(name)) throw new RangeError(`Not a collection name: ${name}`)
  return name
}

/** @throws RangeError on what leads nowhere in a document's body. */
export const bodyPath = (path: string): string => {
  if (!PATH.test(path)) throw new RangeError(`Not a path into a document: ${path}`)
  return path
}

/** @throws RangeError on more than a thousand at once, and on less than nothing. */
export const spanOf = ({
  offset = 0,
  limit = DEFAULT_LIMIT,
}: Query): { readonly offset: number; readonly limit: number } => {
  if (!Number.isInteger(limit) || limit < 0 || limit > LARGEST_LIMIT)
    throw new RangeError(`limit must be 0 to ${LARGEST_LIMIT}`)
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError('offset must not be negative')
  return { offset, limit }
}

/** @throws RangeError on more than a thousand at once, and on nothing. */
export const scanLimit = (limit = LARGEST_LIMIT): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    throw new RangeError(`limit must be 1 to ${LARGEST_LIMIT}`)
  return limit
}

export const isOneOfSeveral = (
  wanted: NonNullable<Query['where']>[string],
): wanted is readonly (string | number)[] => Array.isArray(wanted)
