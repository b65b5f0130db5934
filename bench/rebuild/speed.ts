import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { SHOP_STREAM_PREFIXES } from '#projections/events.ts'
import { gathered, waitingUpTo } from '#projections/gathered.ts'
import { checkpointName, FIRST_GENERATION, generationOf, type Projection } from '#projections/projection.ts'
import { build } from '#projections/rebuild/build.ts'
import { collectionHash } from '#projections/rebuild/hash.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { assert, summary, type Summary } from '../measure.ts'
import { startStore } from '../store-process.ts'
import { storeTrade } from './stored-trade.ts'

export interface RebuildSpeed {
  readonly projection: string
  readonly documents: number
  /** Of the streams it is made from. */
  readonly events: number
  readonly eventsPerSecond: Summary
  /** To reading the whole log and doing nothing with it, in the same round. */
  readonly ratio: Summary
  readonly seconds: Summary
  /** Of them making indexes, which comes last. */
  readonly indexingSeconds: Summary
  /** Of the processor, in the process that builds: what a busy machine does not stretch. */
  readonly cpuSeconds: Summary
}

export interface SpeedAtScale {
  readonly eventsInLog: number
  readonly rawEventsPerSecond: Summary
  readonly rebuilds: readonly RebuildSpeed[]
}

const PORTION = 1_024
/** As long as a build waits to fill a portion. */
const FILLING_MS = 20
const BUILDING_LIMIT_MS = 1_200_000

/** Reads all of these streams and drops what comes. */
const readAll = async (store: EventStore, prefixes: readonly string[]): Promise<number> => {
  let events = 0
  const batches = gathered(
    store,
    { name: 'raw', prefixes, after: 'start', signal: AbortSignal.timeout(600_000) },
    PORTION,
    waitingUpTo(systemClock, FILLING_MS),
  )
  for await (const batch of batches) {
    events += batch.events.length
    if (batch.caughtUp) return events
  }
  throw new Error('The log was not read to its end in ten minutes')
}

const timed = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number }> => {
  const begin = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - begin) / 1_000 }
}

interface Built {
  readonly events: number
  readonly documents: number
  readonly hash: string
  readonly seconds: number
  readonly indexingSeconds: number
  readonly cpuSeconds: number
}

/** As `projections rebuild` does: a copy beside the first, its indexes included. */
const rebuilt = async (store: EventStore, of: Projection): Promise<Built> => {
  const folder = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  const readStore = openSqliteReadStore(join(folder, 'read-models.db'))
  const projection = generationOf(of, FIRST_GENERATION + 1)
  try {
    let events = 0
    let indexingFromMs: number | undefined
    let indexingMs = 0
    const before = process.cpuUsage()
    const { seconds, result: isWhole } = await timed(() =>
      build({
        store,
        readStore,
        projection,
        clock: systemClock,
        signal: AbortSignal.timeout(BUILDING_LIMIT_MS),
        portion: PORTION,
        onProgress: (made) => {
          events = made.events
          if (made.indexes === undefined) return
          indexingFromMs ??= performance.now()
          indexingMs = performance.now() - indexingFromMs
        },
        isDone: (_, { caughtUp }) => caughtUp,
      }),
    )
    const { user, system } = process.cpuUsage(before)
    assert(isWhole, `${projection.name} was not built in ${BUILDING_LIMIT_MS} ms`)
    const { made, of: wanted } = await readStore.indexed(projection.collection)
    assert(made === wanted, `${projection.name} has ${made} of ${wanted} indexes`)
    return {
      events,
      seconds,
      indexingSeconds: indexingMs / 1_000,
      cpuSeconds: (user + system) / 1e6,
      ...(await collectionHash(readStore, projection.collection.name)),
    }
  } finally {
    await readStore.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * R3: each projection right after reading alone, round after round, on a log of this many events: what else a machine does
 * changes from minute to minute, and so each is compared with its own reading.
 */
export const rebuildSpeed = async (
  events: number,
  rounds: number,
  projections: readonly Projection[] = shopProjections,
): Promise<SpeedAtScale> => {
  const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  const eventsInLog = await storeTrade(directory, events)
  const node = await startStore(directory)
  const store = connectEventStore({ connectionString: node.url, clock: systemClock })
  try {
    assert((await readAll(store, SHOP_STREAM_PREFIXES)) === eventsInLog, 'the log was not read whole')
    const raw: number[] = []
    const made = new Map(
      projections.map((each) => [checkpointName(each), [] as (Built & { ratio: number })[]]),
    )
    for (let round = 0; round < rounds; round += 1) {
      for (const projection of projections) {
        const all = await timed(() => readAll(store, SHOP_STREAM_PREFIXES))
        raw.push(all.result / all.seconds)
        const built = await rebuilt(store, projection)
        made.get(checkpointName(projection))?.push({
          ...built,
          ratio: built.events / built.seconds / (all.result / all.seconds),
        })
      }
    }
    return {
      eventsInLog,
      rawEventsPerSecond: summary(raw),
      // Of what the trade has nothing of there is nothing to measure.
      rebuilds: [...made].flatMap(([projection, all]) => {
        if (all.every(({ events }) => events === 0)) return []
        const hashes = new Set(all.map(({ hash }) => hash))
        assert(hashes.size === 1, `${projection} came out differently: ${[...hashes].join(', ')}`)
        return {
          projection,
          documents: all[0]?.documents ?? 0,
          events: all[0]?.events ?? 0,
          eventsPerSecond: summary(all.map(({ events, seconds }) => events / seconds)),
          ratio: summary(all.map(({ ratio }) => ratio)),
          seconds: summary(all.map(({ seconds }) => seconds)),
          indexingSeconds: summary(all.map(({ indexingSeconds }) => indexingSeconds)),
          cpuSeconds: summary(all.map(({ cpuSeconds }) => cpuSeconds)),
        }
      }),
    }
  } finally {
    await store.close()
    await node.stopAndRemove()
  }
}
