import type { ReadStore } from '#platform/readstore/port.ts'
import { parkedKeysOf, releasing } from '../parked-keys.ts'
import { answering } from '../parked-replays.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { changeGenerations, type Generations } from './generations.ts'

/** A process that has not looked since may read a dropped copy for this long; it is deleted only after that. */
export const DROPPED_FOR_MS = 2_000

/** Deletes a copy and all that is known of it; false when the signal ended that half-way. */
const deleteCopy = async (readStore: ReadStore, name: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await readStore.clear(name, name, signal)
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
  const parked = await parkedKeysOf(readStore, name)
  if (parked.length > 0)
    await readStore.commit({ writes: parked.flatMap((each) => [releasing(each), answering(each)]) })
  return true
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
