import type { Clock } from '#platform/clock/clock.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { checkpointName, type Projection } from '../projection.ts'
import { generationsOf } from './generations.ts'

export interface ActiveGenerationsOptions {
  readonly readStore: ReadStore
  /** Those whose names stand for whichever copy is active. */
  readonly projections: readonly Pick<Projection, 'name' | 'version'>[]
  readonly clock: Clock
}

export interface ActiveGenerations {
  /** The read store as queries see it: the name of a projection leads to the copy that is active. */
  readonly readStore: ReadStore
  /** Looks again before the next read; for whoever switched in this process. */
  readonly lookAgain: () => void
}

/** For as long may a process go on reading the copy that was active before. */
export const BELIEVED_FOR_MS = 500

/** Which copy a projection's name means, asked at most twice a second and only while somebody reads. */
export const activeGenerations = ({
  readStore,
  projections,
  clock,
}: ActiveGenerationsOptions): ActiveGenerations => {
  const names = new Map(projections.map((projection) => [checkpointName(projection), projection]))
  const believed = new Map<string, { readonly stored: Promise<string>; readonly untilMs: number }>()

  const storedName = (name: string): string | Promise<string> => {
    const projection = names.get(name)
    if (projection === undefined) return name
    const known = believed.get(name)
    const nowMs = clock.nowMs()
    if (known !== undefined && nowMs < known.untilMs) return known.stored
    const stored = generationsOf(readStore, name).then(({ active }) =>
      checkpointName({ ...projection, generation: active }),
    )
    believed.set(name, { stored, untilMs: nowMs + BELIEVED_FOR_MS })
    // A failure is told to those who asked and remembered for nobody.
    stored.catch(() => {
      if (believed.get(name)?.stored === stored) believed.delete(name)
    })
    return stored
  }

  return {
    lookAgain: () => {
      believed.clear()
    },
    readStore: {
      ...readStore,
      get: async (collection, id) => readStore.get(await storedName(collection), id),
      load: async (collection, ids) => readStore.load(await storedName(collection), ids),
      find: async (collection, query) => readStore.find(await storedName(collection), query),
      countBy: async (collection, query, path) =>
        readStore.countBy(await storedName(collection), query, path),
      scan: async (collection, after, limit) => readStore.scan(await storedName(collection), after, limit),
      size: async (collection) => readStore.size(await storedName(collection)),
      checkpoint: async (name) => readStore.checkpoint(await storedName(name)),
    },
  }
}
