import { z } from 'zod'
import type { ReadStore } from '#platform/readstore/port.ts'
import { parkedKeysOf } from '../parked-keys.ts'
import { checkpointName, generationOf, type Projection } from '../projection.ts'
import { generationsOf } from './generations.ts'
import { buildLeaseName } from './hosted-builds.ts'
import { heldLease, type Holder } from './leases.ts'
import { Pace } from './pace.ts'

/** One copy of a projection's documents, for those who look after them. */
export const CopyView = z.object({
  generation: z.int(),
  /** `active` is what is read; `kept` what was read before; `dropped` is about to be deleted. */
  role: z.enum(['active', 'building', 'kept', 'dropped']),
  position: z.number().optional(),
  documents: z.int(),
  bytes: z.int(),
  parked: z.int(),
  keptUntilMs: z.number().optional(),
  /** `indexing` comes when the past is folded: the copy gets its indexes. */
  phase: z.enum(['folding', 'indexing', 'caught-up', 'live']).optional(),
  by: z.enum(['host', 'command']).optional(),
  /** Only while somebody is building it: a build without it was killed or is paused. */
  pace: Pace.optional(),
})
export type CopyView = Readonly<z.infer<typeof CopyView>>

/** What the host last said of itself, at most a few seconds ago. */
const HostReport = z.object({
  lagMs: z.number().optional(),
  caughtUp: z.boolean(),
  eventsPerSecond: z.number(),
})

export const ProjectionView = z.object({
  name: z.string(),
  version: z.int(),
  /** Absent while nobody feeds it. */
  host: HostReport.optional(),
  copies: z.array(CopyView).readonly(),
})
export type ProjectionView = Readonly<z.infer<typeof ProjectionView>>

/** How far each projection is, and which copies it has. Reads a collection to tell its size, so not for every second. */
export const listProjections = (
  readStore: ReadStore,
  projections: readonly Projection[],
  holder: Pick<Holder, 'isGone'>,
): Promise<readonly ProjectionView[]> =>
  Promise.all(
    projections.map(async (projection) => {
      const name = checkpointName(projection)
      const { active, building, kept, dropped } = await generationsOf(readStore, name)
      const held = await heldLease(readStore, name, holder)
      const host = HostReport.safeParse(held?.report).data

      const copy = async (
        generation: number,
        facts: Pick<CopyView, 'role' | 'keptUntilMs' | 'phase' | 'by'>,
      ): Promise<CopyView> => {
        const { collection, ...rest } = generationOf(projection, generation)
        const stored = checkpointName(rest)
        const position = await readStore.checkpoint(stored)
        const builder = await heldLease(readStore, buildLeaseName(stored), holder)
        const pace = facts.role === 'building' ? Pace.safeParse(builder?.report).data : undefined
        return {
          generation,
          ...facts,
          ...(pace?.indexes === undefined ? {} : { phase: 'indexing' }),
          ...(position === undefined ? {} : { position }),
          ...(await readStore.size(collection.name)),
          parked: (await parkedKeysOf(readStore, stored)).length,
          ...(pace === undefined ? {} : { pace }),
        }
      }

      return {
        name: projection.name,
        version: projection.version,
        ...(host === undefined ? {} : { host }),
        copies: await Promise.all([
          copy(active, { role: 'active' }),
          ...(building === undefined
            ? []
            : [copy(building.generation, { role: 'building', phase: building.phase, by: building.by })]),
          ...(kept === undefined ? [] : [copy(kept.generation, { role: 'kept', keptUntilMs: kept.untilMs })]),
          ...dropped.map(({ generation }) => copy(generation, { role: 'dropped' })),
        ]),
      }
    }),
  )
