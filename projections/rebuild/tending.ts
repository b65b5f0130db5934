import type { ReadStore } from '#platform/readstore/port.ts'
import { checkpointName, type Projection } from '../projection.ts'
import {
  changeGenerations,
  fedGenerations,
  generationsOf,
  type Building,
  type Generations,
} from './generations.ts'
import { DROPPED_FOR_MS, sweep } from './sweeping.ts'

/** What the host does for the copies of one projection. */
export interface Tended {
  readonly projection: Projection
  /** The generations that are fed now, or are on their way to it. */
  readonly fed: () => ReadonlySet<number>
  /** Reads go to this copy from now on. */
  readonly activate: (generation: number) => void
  readonly forget: (generation: number) => Promise<void>
  /** The one that is being built here now. */
  readonly building: () => number | undefined
  readonly build: (generation: number) => void
  readonly stopBuilding: () => void
  /** Takes up from the stored checkpoints what should be fed and is not. */
  readonly startAgain: () => void
}

export interface TendOptions {
  readonly readStore: ReadStore
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

/** Makes the host do what is written down about the copies of one projection; asked again and again. */
export const tend = async (
  { projection, ...host }: Tended,
  { readStore, nowMs, signal }: TendOptions,
): Promise<void> => {
  // What joins while the document is read must not be taken for what was given up.
  const fedBefore = host.fed()
  const generations = await givingUpOldCopies(readStore, projection, nowMs())
  const wanted = new Set(fedGenerations(generations))
  const isOnItsWay = (generation: number): boolean =>
    host.fed().has(generation) || host.building() === generation
  if (![...wanted].every(isOnItsWay)) {
    host.startAgain()
    return
  }
  host.activate(generations.active)
  for (const generation of fedBefore) if (!wanted.has(generation)) await host.forget(generation)

  const { building } = generations
  const mine = isForHost(building) ? building.generation : undefined
  if (host.building() !== undefined && host.building() !== building?.generation) host.stopBuilding()
  else if (mine !== undefined && !isOnItsWay(mine)) host.build(mine)

  await sweep(readStore, projection, generations, nowMs(), signal)
}

/** A command folds the past in its own process; the last steps, beside what is live, are the host's alone. */
const isForHost = (building: Building | undefined): building is Building =>
  building !== undefined &&
  (building.phase === 'caught-up' || (building.phase === 'folding' && building.by === 'host'))

const givingUpOldCopies = async (
  readStore: ReadStore,
  projection: Projection,
  nowMs: number,
): Promise<Generations> => {
  const name = checkpointName(projection)
  const found = await generationsOf(readStore, name)
  const isOver = ({ kept }: Generations): boolean => kept !== undefined && kept.untilMs <= nowMs
  if (!isOver(found)) return found
  return changeGenerations(readStore, name, ({ kept, ...current }) =>
    kept === undefined || kept.untilMs > nowMs
      ? undefined
      : { ...current, dropped: [...current.dropped, { generation: kept.generation, atMs: nowMs }] },
  )
}

/** How often a host looks: a switch must be seen long before the copy that was read until then may be deleted. */
export const LOOK_EVERY_MS = DROPPED_FOR_MS / 4
