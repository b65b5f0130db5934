import type { Clock } from '#platform/clock/clock.ts'
import type { Batch, EventStore, Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Progress } from '../batch.ts'
import { checkpointName, generationOf, type Projection } from '../projection.ts'
import { build } from './build.ts'
import { pace, type Pace } from './pace.ts'
import { changeGenerations } from './generations.ts'
import { keeping } from './keeping.ts'
import type { Lease, Leases } from './leases.ts'

export interface HostedBuildsOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  readonly readStore: ReadStore
  readonly clock: Clock
  readonly leases: Leases | undefined
  readonly signal: AbortSignal
  readonly logger?: { readonly warn: (facts: object, message: string) => void }
  /** How far the copies are that are read. */
  readonly head: () => Position
  /** Lets a copy that has caught up be fed with the others, if `markLive` says that it is still wanted. */
  readonly join: (progress: Progress, batch: Batch, markLive: () => Promise<boolean>) => Promise<boolean>
}

/** Copies that the host itself brings up to the present, beside what is live. */
export interface HostedBuilds {
  /** One that is read already, and is behind the others: a new version of a projection. Resolves when it has joined. */
  readonly catchUp: (projection: Projection) => Promise<void>
  readonly build: (projection: Projection, generation: number) => void
  readonly buildingOf: (projection: Projection) => number | undefined
  readonly stop: (projection: Projection) => void
  /** Resolves when all have ended, which the signal makes them do. */
  readonly ended: () => Promise<void>
}

/** Small, and then as long a pause as the work took: buyers are served by the same process. */
const PORTION = 512
const LONGEST_PAUSE_MS = 100
const pauseAfterMs = (workedMs: number): number => Math.min(workedMs, LONGEST_PAUSE_MS)

const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

/** Whoever builds a copy holds this lease, host or command, so that two of them never do. */
export const buildLeaseName = (copy: string): string => `${copy}/build`

export const hostedBuilds = (options: HostedBuildsOptions): HostedBuilds => {
  const { store, readStore, clock, leases, signal, logger, head, join } = options
  const underWay = new Map<string, { readonly generation: number; readonly stop: () => void }>()
  const tasks = new Set<Promise<void>>()

  const once = async (
    projection: Projection,
    ending: AbortSignal,
    lease: Lease | undefined,
    markLive: () => Promise<boolean>,
  ): Promise<boolean> => {
    let latest: Pace | undefined
    const measured = pace(clock, head)
    const work = (held: AbortSignal): Promise<boolean> =>
      build({
        store,
        readStore:
          lease === undefined
            ? readStore
            : { ...readStore, commit: (batch) => readStore.commit({ ...batch, fences: [lease.fence] }) },
        projection,
        clock,
        signal: held,
        portion: PORTION,
        pauseAfterMs,
        onProgress: (progress) => {
          latest = measured(progress)
        },
        isDone: (progress, batch) => join(progress, batch, markLive),
      })
    return lease === undefined
      ? work(ending)
      : keeping(lease, { clock, report: () => latest }, (held) => work(AbortSignal.any([ending, held])))
  }

  const untilDone = async (
    projection: Projection,
    ending: AbortSignal,
    leaseName: string | undefined,
    markLive: () => Promise<boolean>,
  ): Promise<void> => {
    const name = checkpointName(projection)
    for (
      let backoffMs = FIRST_BACKOFF_MS;
      !ending.aborted;
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    ) {
      let lease: Lease | undefined
      try {
        lease = leaseName === undefined ? undefined : await leases?.acquire(leaseName)
        // Otherwise a command beside us has it; it gives it back, or is gone before long.
        const isOurs = leaseName === undefined || leases === undefined || lease !== undefined
        if (isOurs && (await once(projection, ending, lease, markLive))) return
      } catch (error) {
        logger?.warn({ error, copy: name, backoffMs }, 'Building a copy stopped and goes on soon')
      } finally {
        await lease?.release().catch(() => {})
      }
      await clock.sleep(backoffMs, ending)
    }
  }

  const start = (work: () => Promise<void>): Promise<void> => {
    const task: Promise<void> = work()
      .catch((error: unknown) => {
        logger?.warn({ error }, 'Building a copy ended')
      })
      .finally(() => tasks.delete(task))
    tasks.add(task)
    return task
  }

  return {
    catchUp: (projection) =>
      start(() => untilDone(projection, signal, undefined, () => Promise.resolve(true))),
    build: (projection, generation) => {
      const stopping = new AbortController()
      const name = checkpointName(projection)
      const entry = { generation, stop: () => stopping.abort() }
      underWay.set(name, entry)
      const markLive = async (): Promise<boolean> => {
        const { building } = await changeGenerations(readStore, name, (current) =>
          current.building?.generation === generation
            ? { ...current, building: { ...current.building, phase: 'live' } }
            : undefined,
        )
        if (building?.generation === generation) return true
        stopping.abort()
        return false
      }
      const copy = generationOf(projection, generation)
      void start(async () => {
        await untilDone(
          copy,
          AbortSignal.any([signal, stopping.signal]),
          buildLeaseName(checkpointName(copy)),
          markLive,
        )
        if (underWay.get(name) === entry) underWay.delete(name)
      })
    },
    buildingOf: (projection) => underWay.get(checkpointName(projection))?.generation,
    stop: (projection) => {
      underWay.get(checkpointName(projection))?.stop()
    },
    ended: async () => {
      await Promise.all(tasks)
    },
  }
}
