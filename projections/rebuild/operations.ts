import type { Clock } from '#platform/clock/clock.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { checkpointName, type Projection } from '../projection.ts'
import {
  changeGenerations,
  GENERATIONS,
  generationsOf,
  type Building,
  type Generations,
} from './generations.ts'
import { isIndexed } from './indexing.ts'
import { heldLease, LEASES, type Holder } from './leases.ts'

/** What a person may be told instead of what was asked for. */
export type RebuildRefusal =
  /** There is no copy that is being built. */
  | 'nothing-building'
  /** It has not caught up yet, lacks indexes, or the host does not feed it yet. */
  | 'not-caught-up'
  /** There is no earlier copy any more. */
  | 'nothing-kept'
  | 'unknown-projection'

export type RebuildAnswer =
  | { readonly kind: 'done' | 'unchanged'; readonly generations: Generations }
  | { readonly kind: 'refused'; readonly refusal: RebuildRefusal }

/** What may be done with the copies of a projection, by its name: `order-summary`. All of it may be asked twice. */
export interface RebuildOperations {
  /** Asks for a new copy, or answers with the one that is under way. */
  readonly rebuild: (name: string, by: Building['by']) => Promise<RebuildAnswer>
  /** Reads go to the new copy; the old one is kept, and fed, for `KEPT_FOR_MS`. After a rollback it goes forward again. */
  readonly switchOver: (name: string) => Promise<RebuildAnswer>
  /** Reads go back to the kept copy; the one that was read until now is kept in its place. */
  readonly rollBack: (name: string) => Promise<RebuildAnswer>
  /** Gives up the copy that is being built. */
  readonly cancel: (name: string) => Promise<RebuildAnswer>
  /** Gives up the kept copy or, where there is none, the one that is being built. */
  readonly drop: (name: string) => Promise<RebuildAnswer>
}

export const KEPT_FOR_MS = 24 * 60 * 60 * 1_000

export interface RebuildOperationsOptions {
  readonly readStore: ReadStore
  readonly projections: readonly Projection[]
  readonly clock: Clock
  readonly holder: Pick<Holder, 'isGone'>
  /** Called after each change, for hosts and readers in this process; others look by themselves. */
  readonly onChange?: () => void
}

type Change = (current: Generations) => Generations | RebuildRefusal | undefined

/** Writes down what is wanted. Whoever hosts the projections sees it within half a second and does it. */
export const rebuildOperations = (options: RebuildOperationsOptions): RebuildOperations => {
  const { readStore, projections, clock, holder, onChange } = options

  const change = async (
    name: string,
    changing: (projection: Projection) => Change | Promise<Change>,
  ): Promise<RebuildAnswer> => {
    const projection = projections.find((each) => each.name === name)
    if (projection === undefined) return { kind: 'refused', refusal: 'unknown-projection' }
    await readStore.prepare([GENERATIONS, LEASES])
    const decide = await changing(projection)
    let answer: Generations | RebuildRefusal | undefined
    const generations = await changeGenerations(readStore, checkpointName(projection), (current) => {
      answer = decide(current)
      return typeof answer === 'object' ? answer : undefined
    })
    if (typeof answer === 'string') return { kind: 'refused', refusal: answer }
    if (answer === undefined) return { kind: 'unchanged', generations }
    onChange?.()
    return { kind: 'done', generations }
  }

  /** Where nobody hosts the projection nothing moves, and a copy that came as far as the active one is as good. */
  const mayBeRead = async (projection: Projection): Promise<(building: Building) => boolean> => {
    const name = checkpointName(projection)
    const { active, building } = await generationsOf(readStore, name)
    const isHosted = (await heldLease(readStore, name, holder)) !== undefined
    const position = async (generation: number): Promise<number> =>
      (await readStore.checkpoint(checkpointName({ ...projection, generation }))) ?? -1
    // A `live` one has them too, unless somebody took them away.
    const hasIndexes = building !== undefined && (await isIndexed(readStore, projection, building.generation))
    const isAsFar =
      building !== undefined && (await position(building.generation)) >= (await position(active))
    return ({ phase, generation }) =>
      generation === building?.generation &&
      hasIndexes &&
      (phase === 'live' || (phase === 'caught-up' && !isHosted && isAsFar))
  }

  const nowMs = (): number => clock.nowMs()
  const withDropped = (current: Generations, generation: number | undefined): Generations['dropped'] =>
    generation === undefined ? current.dropped : [...current.dropped, { generation, atMs: nowMs() }]

  const exchanged = (current: Generations): Generations =>
    current.kept === undefined
      ? current
      : {
          ...current,
          active: current.kept.generation,
          kept: { generation: current.active, untilMs: nowMs() + KEPT_FOR_MS },
        }

  const cancelled = ({ building, ...current }: Generations): Generations | RebuildRefusal =>
    building === undefined
      ? 'nothing-building'
      : { ...current, dropped: withDropped(current, building.generation) }

  return {
    rebuild: (name, by) =>
      change(name, () => (current) => {
        if (current.building !== undefined) return undefined
        const generation = current.newest + 1
        return {
          ...current,
          newest: generation,
          building: { generation, by, phase: 'folding', startedAtMs: nowMs() },
        }
      }),
    switchOver: (name) =>
      change(name, async (projection) => {
        const isReadable = await mayBeRead(projection)
        return ({ building, ...current }) => {
          if (building === undefined)
            return isKeptNewer(current) ? exchanged(current) : unless(current.kept, 'nothing-building')
          if (!isReadable(building)) return 'not-caught-up'
          return {
            ...current,
            active: building.generation,
            kept: { generation: current.active, untilMs: nowMs() + KEPT_FOR_MS },
            dropped: withDropped(current, current.kept?.generation),
          }
        }
      }),
    rollBack: (name) =>
      change(name, () => (current) => {
        if (current.kept === undefined) return 'nothing-kept'
        return isKeptNewer(current) ? undefined : exchanged(current)
      }),
    cancel: (name) => change(name, () => cancelled),
    drop: (name) =>
      change(name, () => ({ kept, ...current }) => {
        if (kept !== undefined) return { ...current, dropped: withDropped(current, kept.generation) }
        return current.building === undefined ? 'nothing-kept' : cancelled(current)
      }),
  }
}

/** As after a rollback: what is kept is what was read last. */
const isKeptNewer = ({ kept, active }: Generations): boolean => kept !== undefined && kept.generation > active

/** Nothing to do where it is done already. */
const unless = (isDone: unknown, refusal: RebuildRefusal): RebuildRefusal | undefined =>
  isDone === undefined ? refusal : undefined
