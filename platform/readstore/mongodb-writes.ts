import { MongoBulkWriteError, type AnyBulkWriteOperation, type Collection } from 'mongodb'
import { jsonOf, type Kept } from './mongodb-documents.ts'
import { isDuplicateKey } from './mongodb-failures.ts'
import { markUpdates, marksOf, notLater, refuseLater } from './mongodb-fence.ts'
import { ReadStoreUnavailable, type Fence, type Write } from './port.ts'

const WRITES_AT_ONCE = 500
/** Each time others inserted or dropped the very documents in between. */
const MOST_ROUNDS = 5

type Delete = Extract<Write, { kind: 'delete' }>
interface Put {
  readonly id: string
  readonly position: number
  readonly body: object
}

/**
 * The writes in steps, each by collection: inside a step no document is written twice, so its order does not matter.
 * All bodies are made JSON before anything is sent.
 */
export const stepsOf = (writes: readonly Write[]): readonly ReadonlyMap<string, readonly Write[]>[] => {
  const steps: Map<string, Write[]>[] = []
  const written = new Map<string, number>()
  for (const write of writes) {
    const document = `${write.collection} ${write.id}`
    const nth = written.get(document) ?? 0
    written.set(document, nth + 1)
    const step = steps[nth] ?? new Map<string, Write[]>()
    steps[nth] = step
    const before = step.get(write.collection) ?? []
    step.set(write.collection, before)
    before.push(write.kind === 'put' ? { ...write, body: jsonOf(write.body) } : write)
  }
  return steps
}

/** Writes one step's documents of one collection. @throws StaleFence where a later holder wrote one of them. */
export const writeDocuments = async (
  collection: Collection<Kept>,
  writes: readonly Write[],
  fences: readonly Fence[],
): Promise<void> => {
  for (let from = 0; from < writes.length; from += WRITES_AT_ONCE) {
    const part = writes.slice(from, from + WRITES_AT_ONCE)
    await deleteAll(
      collection,
      part.filter((write) => write.kind === 'delete'),
      fences,
    )
    await putAll(
      collection,
      part.filter((write) => write.kind === 'put'),
      fences,
    )
  }
}

const deleteAll = async (
  collection: Collection<Kept>,
  deletes: readonly Delete[],
  fences: readonly Fence[],
): Promise<void> => {
  if (deletes.length === 0) return
  await collection.bulkWrite(
    deletes.map(({ id, position }) => ({
      deleteOne: {
        filter: {
          _id: id,
          ...(position === undefined ? {} : { position: { $lte: position } }),
          ...notLater(fences),
        },
      },
    })),
    { ordered: false },
  )
}

/**
 * Inserts what is absent and updates what is there, guarded by its position. Between the look and the write somebody
 * else may have been there: what that leaves open is looked at again.
 */
const putAll = async (
  collection: Collection<Kept>,
  puts: readonly Put[],
  fences: readonly Fence[],
): Promise<void> => {
  let open = puts
  for (let round = 0; round < MOST_ROUNDS && open.length > 0; round += 1) {
    const { absent, present } = await sorted(collection, open, fences)
    if (absent.length + present.length === 0) return
    open = await send(collection, absent, present, fences)
  }
  if (open.length > 0)
    throw new ReadStoreUnavailable(`Others keep changing ${open.length} of the documents to be written`)
}

const sorted = async (
  collection: Collection<Kept>,
  puts: readonly Put[],
  fences: readonly Fence[],
): Promise<{ readonly absent: readonly Put[]; readonly present: readonly Put[] }> => {
  const found = await collection
    .find({ _id: { $in: puts.map(({ id }) => id) } }, { projection: { position: 1, fences: 1 } })
    .batchSize(WRITES_AT_ONCE)
    .toArray()
  const stored = new Map(found.map(({ _id: id, position }) => [id, position]))
  for (const { fences: marks } of found) refuseLater(marks, fences)
  return {
    absent: puts.filter(({ id }) => !stored.has(id)),
    present: puts.filter(({ id, position }) => (stored.get(id) ?? Infinity) <= position),
  }
}

/** Answers the puts of which it is not certain that they, or newer ones, are there. */
const send = async (
  collection: Collection<Kept>,
  absent: readonly Put[],
  present: readonly Put[],
  fences: readonly Fence[],
): Promise<readonly Put[]> => {
  const marks = marksOf(fences)
  const markings = markUpdates(fences)
  const guard = notLater(fences)
  const operations: AnyBulkWriteOperation<Kept>[] = [
    ...absent.map(({ id, position, body }) => ({
      insertOne: { document: { _id: id, position, body, ...marks } },
    })),
    // One document each, but said as "many": FerretDB keeps a reading open for every update that ends at its first
    // match until the whole command is done, has a hundred of them, and then waits for ever.
    ...present.map(({ id, position, body }) => ({
      updateMany: {
        filter: {
          _id: id,
          position: { $lte: position },
          ...guard,
        },
        update: { $set: { position, body, ...markings } },
      },
    })),
  ]
  let taken: readonly Put[] = []
  let matched: number
  try {
    matched = (await collection.bulkWrite(operations, { ordered: false })).matchedCount
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || !isDuplicateKey(error)) throw error
    const failed = [error.writeErrors].flat()
    if (!failed.every(({ code }) => code === error.code) || error.result.getWriteConcernError() !== undefined)
      throw error
    taken = failed.flatMap(({ index }) => absent[index] ?? [])
    matched = error.matchedCount
  }
  return matched < present.length ? [...taken, ...present] : taken
}
