import { createHash } from 'node:crypto'
import type { Collection, Db, Document, Filter } from 'mongodb'
import type { Kept, Marks } from './mongodb-documents.ts'
import { isDuplicateKey } from './mongodb-failures.ts'
import { ReadStoreUnavailable, StaleFence, type Checkpoint, type Fence } from './port.ts'

export interface KeptCheckpoint {
  readonly _id: string
  readonly position: number
  readonly fences?: Marks
}

/** Each time somebody else was quicker, with one document: that many in a row is no race any more. */
const MOST_ROUNDS = 5

/** Short, because every document holds it, and without the dots and dollars an id may have. */
const markName = ({ collection, id }: Fence): string =>
  `f${createHash('sha256').update(`${collection} ${id}`).digest('hex').slice(0, 16)}`

/** For a new document. */
export const marksOf = (fences: readonly Fence[]): { readonly fences?: Marks } =>
  fences.length === 0
    ? {}
    : { fences: Object.fromEntries(fences.map((fence) => [markName(fence), fence.position])) }

/** The same for an update, which leaves the marks of other fences alone. */
export const markUpdates = (fences: readonly Fence[]): Marks =>
  Object.fromEntries(fences.map((fence) => [`fences.${markName(fence)}`, fence.position]))

/** True of what no later holder has written, and of what nobody wrote under these fences. */
export const notLater = (fences: readonly Fence[]): Document =>
  Object.fromEntries(fences.map((fence) => [`fences.${markName(fence)}`, { $not: { $gt: fence.position } }]))

const stale = ({ collection, id, position }: Fence): StaleFence =>
  new StaleFence(`${id} in ${collection} is no longer at ${position}`)

/** @throws StaleFence on the marks of a later holder. */
export const refuseLater = (marks: Marks | undefined, fences: readonly Fence[]): void => {
  for (const fence of fences)
    if ((marks?.[markName(fence)] ?? fence.position) > fence.position) throw stale(fence)
}

/** @throws StaleFence when one of them does not hold now. */
export const holdFences = async (database: Db, fences: readonly Fence[]): Promise<void> => {
  for (const [name, group] of Map.groupBy(fences, ({ collection }) => collection)) {
    const found = await database
      .collection<Kept>(name)
      .find({ _id: { $in: group.map(({ id }) => id) } }, { projection: { position: 1 } })
      .toArray()
    const positions = new Map(found.map(({ _id: id, position }) => [id, position]))
    for (const fence of group) if (positions.get(fence.id) !== fence.position) throw stale(fence)
  }
}

/**
 * Moves one checkpoint, never back. Marks and position are one document, so a batch of an earlier holder that comes late
 * cannot move what a later one has touched.
 * @throws StaleFence when a later holder has written the checkpoint.
 */
export const moveCheckpoint = async (
  checkpoints: Collection<KeptCheckpoint>,
  { name, position }: Checkpoint,
  fences: readonly Fence[],
): Promise<void> => {
  const filter: Filter<KeptCheckpoint> = { _id: name, ...notLater(fences) }
  const highest: Document = { position, ...markUpdates(fences) }
  for (let round = 0; round < MOST_ROUNDS; round += 1)
    try {
      await checkpoints.updateOne(filter, { $max: highest }, { upsert: true })
      return
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      refuseLater((await checkpoints.findOne({ _id: name }))?.fences, fences)
    }
  throw new ReadStoreUnavailable(`The checkpoint ${name} changes too often to be moved`)
}
