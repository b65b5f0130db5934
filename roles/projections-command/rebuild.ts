import { systemClock } from '#platform/clock/clock.ts'
import { checkpointName, generationOf, type Projection } from '#projections/projection.ts'
import { build } from '#projections/rebuild/build.ts'
import { changeGenerations, generationsOf, type Building } from '#projections/rebuild/generations.ts'
import { buildLeaseName } from '#projections/rebuild/hosted-builds.ts'
import { keeping } from '#projections/rebuild/keeping.ts'
import { heldLease, type Lease } from '#projections/rebuild/leases.ts'
import { pace, Pace } from '#projections/rebuild/pace.ts'
import { progressLine, type ProgressLine } from './progress-line.ts'
import type { Workbench } from './workbench.ts'

export type Rebuilt =
  /** The host feeds it with the live one: it may be switched to. */
  | 'live'
  /** Nobody hosts the projections here; it is as far as the log. */
  | 'caught-up'
  /** Stopped by the person who asked; the same command goes on. */
  | 'paused'
  | 'cancelled'

/** A live shop writes between two commits; at this size each is a few hundredths of a second. */
const PORTION = 1_024
const LOOK_EVERY_MS = 250
/** The host looks twice a second and has only the last moments to fold. */
const HANDED_OVER_WITHIN_MS = 60_000

/**
 * Makes a new copy, or goes on with the one under way. The past is folded in this process; then the host, if there is
 * one, takes the copy over.
 */
export const rebuild = async (
  workbench: Workbench,
  projection: Projection,
  signal: AbortSignal,
): Promise<{ readonly result: Rebuilt; readonly generation: number }> => {
  const answer = await workbench.operations.rebuild(projection.name, 'command')
  const building = answer.kind === 'refused' ? undefined : answer.generations.building
  if (building === undefined) throw new Error(`${projection.name} cannot be rebuilt`)
  const { generation } = building
  const progress = progressLine(`${checkpointName(projection)}#${generation}`)
  try {
    const folded = await foldPast(workbench, projection, building, signal, progress)
    const result =
      folded === 'done' ? await handedOver(workbench, projection, generation, signal, progress) : folded
    return { result, generation }
  } finally {
    progress.end()
  }
}

const foldPast = async (
  { readStore, leases, log }: Workbench,
  projection: Projection,
  { by, phase, generation }: Building,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<'done' | 'paused' | 'cancelled'> => {
  if (by === 'host' || phase !== 'folding') return 'done'
  const copy = generationOf(projection, generation)
  const name = checkpointName(projection)
  const lease = await leases.acquire(buildLeaseName(checkpointName(copy)))
  // Another command is at it: look on.
  if (lease === undefined) return 'done'
  let isCancelled = false
  let head = await headOf(readStore, projection)
  const measured = pace(systemClock, () => head)
  let latest: Pace | undefined
  const isWanted = async (): Promise<boolean> => {
    head = await headOf(readStore, projection)
    const { building } = await generationsOf(readStore, name)
    isCancelled = building?.generation !== generation
    return !isCancelled
  }
  const store = await log()
  try {
    const isDone = await keeping(lease, { clock: systemClock, report: () => latest, isWanted }, (held) =>
      build({
        store,
        readStore: fenced(readStore, lease),
        projection: copy,
        clock: systemClock,
        signal: AbortSignal.any([signal, held]),
        portion: PORTION,
        onProgress: (made) => {
          latest = measured(made)
          progress.show(latest)
        },
        isDone: (_, { caughtUp }) => caughtUp,
      }),
    )
    if (!isDone) return isCancelled ? 'cancelled' : 'paused'
    await changeGenerations(readStore, name, (current) =>
      current.building?.generation === generation && current.building.phase === 'folding'
        ? { ...current, building: { ...current.building, phase: 'caught-up' } }
        : undefined,
    )
    return 'done'
  } finally {
    await lease.release().catch(() => {})
  }
}

const fenced = (readStore: Workbench['readStore'], lease: Lease): Workbench['readStore'] => ({
  ...readStore,
  commit: (batch) => readStore.commit({ ...batch, fences: [lease.fence] }),
})

const headOf = async (
  readStore: Workbench['readStore'],
  projection: Projection,
): Promise<number | undefined> => {
  const { active } = await generationsOf(readStore, checkpointName(projection))
  return readStore.checkpoint(checkpointName(generationOf(projection, active)))
}

/** Looks on until the host feeds the copy, or nobody is there who would. */
const handedOver = async (
  { readStore, holder }: Workbench,
  projection: Projection,
  generation: number,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<Rebuilt> => {
  const name = checkpointName(projection)
  const copy = checkpointName(generationOf(projection, generation))
  let waitedMs = 0
  while (!signal.aborted) {
    const { building, active } = await generationsOf(readStore, name)
    if (active === generation) return 'live'
    if (building?.generation !== generation) return 'cancelled'
    if (building.phase === 'live') return 'live'
    const isHosted = (await heldLease(readStore, name, holder)) !== undefined
    if (!isHosted && building.phase === 'caught-up') return 'caught-up'
    const builder = await heldLease(readStore, buildLeaseName(copy), holder)
    const made = Pace.safeParse(builder?.report).data
    if (made !== undefined) progress.show(made)
    waitedMs = made === undefined ? waitedMs + LOOK_EVERY_MS : 0
    if (waitedMs > HANDED_OVER_WITHIN_MS)
      throw new Error(`Nobody builds ${copy}: the process that hosts ${name} does not answer`)
    await systemClock.sleep(LOOK_EVERY_MS, signal)
  }
  return 'paused'
}
