import type { Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'

/**
 * The checkpoint a new holder goes on from. It is written as it was found, under the fences of the read store given:
 * where the engine has no transactions, that is what keeps a late commit of the holder before from moving it.
 * @throws StaleFence when somebody else has taken over meanwhile.
 */
export const takeOver = async (readStore: ReadStore, name: string): Promise<Position | undefined> => {
  const position = await readStore.checkpoint(name)
  if (position === undefined) return undefined
  await readStore.commit({ writes: [], checkpoint: { name, position } })
  // The late one may have moved it between the two, and then its documents are there.
  return readStore.checkpoint(name)
}
