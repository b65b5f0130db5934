import { z } from 'zod'
import type { CollectionSpec, ReadStore } from '#platform/readstore/port.ts'
import { FIRST_GENERATION } from '../projection.ts'

/**
 * Which copies of a projection's documents there are, and which one is read: one small document per projection and
 * version. Reads follow `active`, so that a switch is one write.
 */
export const Generations = z.object({
  active: z.int().min(FIRST_GENERATION),
  /** The highest number ever given; numbers are never used twice. */
  newest: z.int().min(FIRST_GENERATION),
  /** The copy that is being made, or was made and waits to be read. */
  building: z
    .object({
      generation: z.int(),
      /** Who folds it up to the present: a process that hosts the projections, or a command beside them. */
      by: z.enum(['host', 'command']),
      /** `folding` the past; `caught-up` with it; `live`: fed by the host together with the active one. */
      phase: z.enum(['folding', 'caught-up', 'live']),
      startedAtMs: z.number(),
    })
    .optional(),
  /** The copy that was read before; fed as long as it is kept, so that going back loses nothing. */
  kept: z.object({ generation: z.int(), untilMs: z.number() }).optional(),
  /** Copies nobody is to read any more; deleted once no reader can still believe in them. */
  dropped: z.array(z.object({ generation: z.int(), atMs: z.number() })).readonly(),
})
export type Generations = Readonly<z.infer<typeof Generations>>
export type Building = NonNullable<Generations['building']>

export const GENERATIONS: CollectionSpec = { name: 'projections', indexes: [] }

/** Before anything was ever rebuilt. */
export const FIRST: Generations = { active: FIRST_GENERATION, newest: FIRST_GENERATION, dropped: [] }

/** Of one projection by `name@version`. @throws ZodError on a document this build does not understand. */
export const generationsOf = async (readStore: ReadStore, name: string): Promise<Generations> => {
  const stored = await readStore.get(GENERATIONS.name, name)
  return stored === undefined ? FIRST : Generations.parse(stored.body)
}

/** Others change the same document rarely, so losing this often means that something is wrong. */
const MOST_TRIES = 20

/**
 * Changes the document as it is now: `change` may be asked again with what somebody else made of it meanwhile, and
 * answers undefined where there is nothing to change. Resolves with what holds afterwards.
 */
export const changeGenerations = async (
  readStore: ReadStore,
  name: string,
  change: (current: Generations) => Generations | undefined,
): Promise<Generations> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await readStore.get(GENERATIONS.name, name)
    const current = stored === undefined ? FIRST : Generations.parse(stored.body)
    const next = change(current)
    if (next === undefined) return current
    const isChanged = await readStore.swap({
      collection: GENERATIONS.name,
      id: name,
      expected: stored?.position,
      position: (stored?.position ?? 0) + 1,
      body: next,
    })
    if (isChanged) return next
  }
  throw new Error(`The generations of ${name} are changed by others all the time`)
}

/** Those whose documents must follow the log, the one that is read first. */
export const fedGenerations = ({ active, building, kept }: Generations): readonly number[] => [
  active,
  ...(building?.phase === 'live' ? [building.generation] : []),
  ...(kept === undefined ? [] : [kept.generation]),
]
