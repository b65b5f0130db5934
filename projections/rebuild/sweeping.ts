import type { ReadStore } from '#platform/readstore/port.ts'
import { parkedKeysOf, releasing } from '../parked-keys.ts'
import { answering } from '../parked-replays.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { changeGenerations, type Generations } from './generations.ts'

/** A process that has not looked since may read a dropped copy for this long; it is deleted only after that. */
export const DROPPED_FOR_MS = 2_000
const AT_ONCE = 500
/** A hundred million documents; what is left then is left to the next sweep. */
const MOST_STEPS = 200_000

/** Deletes a copy's documents in short steps, so that others can write between them, and then all that is known of it. */
const deleteCopy = async (readStore: ReadStore, name: string, signal: AbortSignal): Promise<boolean> => {
  for (let step = 0; step < MOST_STEPS && !signal.aborted; step += 1) {
    const documents = await readStore.scan(name, undefined, AT_ONCE)
    if (documents.length === 0) {
      const parked = await parkedKeysOf(readStore, name)
      if (parked.length > 0)
        await readStore.commit({ writes: parked.flatMap((each) => [releasing(each), answering(each)]) })
      await readStore.clear(name, name)
      return true
    }
    await readStore.commit({ writes: documents.map(({ id }) => ({ kind: 'delete', collection: name, id })) })
  }
  return false
}

/** Deletes the copies that were dropped long enough ago. Harmless to repeat, and to be killed in. */
export const sweep = async (
  readStore: ReadStore,
  projection: Pick<Projection, 'name' | 'version'>,
  { dropped }: Pick<Generations, 'dropped'>,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> => {
  for (const { generation, atMs } of dropped) {
    if (atMs + DROPPED_FOR_MS > nowMs) continue
    if (!(await deleteCopy(readStore, checkpointName({ ...projection, generation }), signal))) return
    await changeGenerations(readStore, checkpointName(projection), (current) => ({
      ...current,
      dropped: current.dropped.filter((each) => each.generation !== generation),
    }))
  }
}
