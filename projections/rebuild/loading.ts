import type { ReadStore } from '#platform/readstore/port.ts'
import { progressOf } from '../batch.ts'
import { PARKED_KEYS, parkedKeysOf } from '../parked-keys.ts'
import { PARKED_REPLAYS } from '../parked-replays.ts'
import { checkpointName, generationOf, type Projection } from '../projection.ts'
import { withLateOnes, type Copy } from './copies.ts'
import { fedGenerations, FIRST, GENERATIONS, generationsOf } from './generations.ts'
import { LEASES } from './leases.ts'
import { takeOver } from './taking-over.ts'

/** The one copy of each projection, where this process is the only one. */
export const loadOnlyCopies = async (
  readStore: ReadStore,
  projections: readonly Projection[],
): Promise<readonly Copy[]> => {
  await readStore.prepare([PARKED_KEYS])
  return Promise.all(
    projections.map((projection) => loadCopy(readStore, projection, FIRST.active, 'fed', true)),
  )
}

/** What this process is to feed, and of the projections that others host what is read. */
export const loadCopies = async (
  readStore: ReadStore,
  projections: readonly Projection[],
  stand: () => Promise<readonly string[]>,
): Promise<readonly Copy[]> => {
  await readStore.prepare([PARKED_KEYS, PARKED_REPLAYS, GENERATIONS, LEASES])
  const ours = new Set(await stand())
  const found: Copy[] = []
  for (const projection of projections) {
    const generations = await generationsOf(readStore, checkpointName(projection))
    const isOurs = ours.has(checkpointName(projection))
    for (const generation of isOurs ? fedGenerations(generations) : [generations.active])
      found.push(
        await loadCopy(
          readStore,
          projection,
          generation,
          isOurs ? 'fed' : 'elsewhere',
          generation === generations.active,
        ),
      )
  }
  return withLateOnes(found)
}

const loadCopy = async (
  readStore: ReadStore,
  of: Projection,
  generation: number,
  how: Copy['how'],
  isActive: boolean,
): Promise<Copy> => {
  const projection = generationOf(of, generation)
  const name = checkpointName(projection)
  await readStore.prepare([projection.collection])
  const position = await (how === 'fed' ? takeOver(readStore, name) : readStore.checkpoint(name))
  return { progress: progressOf(projection, position, await parkedKeysOf(readStore, name)), how, isActive }
}
