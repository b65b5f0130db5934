import { streamNameFilter, type EventStoreDBClient } from '@eventstore/db-client'
import { assert } from '../measure.ts'
import { newEvents } from './appenders.ts'
import { positionBeforeEnd } from './ledger.ts'
import { fileBytes, rssBytes } from './process-usage.ts'
import { inTime } from './rounds.ts'
import { sampled, type Sample } from './sample.ts'
import { BULK_EVENTS, PAGE_EVENTS, type Scale } from './scale.ts'
import type { OpenSession, Session } from './session.ts'

/** The node's memory at one size of its log. */
export interface MemoryReading {
  readonly events: number
  readonly rssMb: number
}

export interface Growing {
  readonly readings: readonly MemoryReading[]
  /** The readings at the sizes that are reported. */
  readonly marks: readonly MemoryReading[]
  /** Growth of the memory per million events from the second mark on: the slope of the line through the readings. */
  readonly slopeMbPerMillion: number
  readonly logBytesPerEvent: number
  /** Afterwards, each several times, in ms. */
  readonly firstPageMs: readonly number[]
  readonly freshSubscriptionMs: readonly number[]
  /** Everything read back, which is also the proof that everything is there. */
  readonly readBack: Sample
  readonly rssMbAfterwards: number
}

/** Writers at once, and how far a stream goes before its writer begins another. */
const WRITERS = 8
const EVENTS_PER_STREAM = 5_000
const READINGS = 100
const REPEATS = 5
/** A subscriber that was away for a moment. */
const BEHIND = 500
const READ_BACK_LIMIT_MS = 300_000

/** The slope of the least-squares line through the readings, in MB per million events. */
export const slopeOf = (readings: readonly MemoryReading[]): number => {
  const mean = (of: (reading: MemoryReading) => number): number =>
    readings.reduce((sum, reading) => sum + of(reading), 0) / readings.length
  const events = mean((reading) => reading.events)
  const rss = mean((reading) => reading.rssMb)
  const covariance = mean((reading) => (reading.events - events) * (reading.rssMb - rss))
  return (covariance / mean((reading) => (reading.events - events) ** 2)) * 1e6
}

/** Appends a hundred events at a time, each writer to one stream after another. */
const grower = ({ appenders, ledger }: Session) => {
  const writers = Array.from({ length: WRITERS }, (_, writer) => ({ writer, generation: 0, revision: -1 }))
  const firstStream = { name: 'grown-0_0', events: 0 }
  const grow = async (appends: number): Promise<void> => {
    const turns = Array.from({ length: appends }, (_, nth) => nth).values()
    await Promise.all(
      writers.map(async (own) => {
        for (const _ of turns) {
          if (own.revision + BULK_EVENTS >= EVENTS_PER_STREAM) {
            own.generation += 1
            own.revision = -1
          }
          const stream = `grown-${own.writer}_${own.generation}`
          const events = newEvents(BULK_EVENTS)
          const reached = await appenders.batch.append(stream, events, own.revision)
          assert(reached === own.revision + BULK_EVENTS, `${stream} went from ${own.revision} to ${reached}`)
          const ids = events.map(({ id }) => id)
          ledger.acknowledged(stream, own.revision + 1, ids)
          own.revision = reached
          if (stream === firstStream.name) firstStream.events = reached + 1
        }
      }),
    )
  }
  return { grow, firstStream }
}

const timed = async (work: () => Promise<void>): Promise<number> => {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

const readFirstPage = async (
  client: EventStoreDBClient,
  stream: { readonly name: string; readonly events: number },
): Promise<void> => {
  const expected = Math.min(PAGE_EVENTS, stream.events)
  let next = 0
  for await (const { event } of client.readStream(stream.name, { maxCount: expected })) {
    assert(Number(event?.revision) === next, `revision ${next} came as ${event?.revision}`)
    next += 1
  }
  assert(next === expected, `${next} of ${expected} events came`)
}

const catchUpNearTheEnd = async (client: EventStoreDBClient): Promise<void> => {
  const fromPosition = await positionBeforeEnd(client, BEHIND)
  const subscription = client.subscribeToAll({
    fromPosition,
    filter: streamNameFilter({ prefixes: ['grown-'], checkpointInterval: 32 }),
  })
  let seen = 0
  try {
    for await (const _ of subscription) {
      seen += 1
      if (seen === BEHIND) break
    }
  } finally {
    await subscription.unsubscribe()
  }
  assert(seen === BEHIND, `${seen} of ${BEHIND} events came`)
}

/** The node's memory while its log grows, and whether a large log is still as easy to read. */
export const measureMemory = async (open: OpenSession, scale: Scale): Promise<Growing> => {
  await using session = await open()
  const { node, client, ledger } = session
  const { grow, firstStream } = grower(session)
  const total = scale.memoryMarks.at(-1) ?? 0
  const step = Math.ceil(total / READINGS / BULK_EVENTS) * BULK_EVENTS
  const reading = (events: number): MemoryReading => ({ events, rssMb: rssBytes(node.pid) / 1e6 })
  const readings: MemoryReading[] = []
  for (let events = step; events <= total; events += step) {
    await inTime(`growing to ${events} events`, grow(step / BULK_EVENTS))
    readings.push(reading(events))
  }
  const from = scale.memoryMarks[1] ?? 0
  const logBytesPerEvent = fileBytes(node.file) / total

  const repeated = async (what: string, work: () => Promise<void>): Promise<number[]> => {
    const times: number[] = []
    for (let nth = 0; nth < REPEATS; nth += 1) times.push(await inTime(what, timed(work)))
    return times
  }
  const firstPageMs = await repeated('reading a page', () => readFirstPage(client, firstStream))
  const freshSubscriptionMs = await repeated('a fresh subscription', () => catchUpNearTheEnd(client))
  const readingBack = sampled(node.pid, total, async () => {
    const found = await ledger.verify()
    assert(found === total, `${found} of ${total} events were acknowledged`)
  })
  const readBack = await inTime('reading everything back', readingBack, READ_BACK_LIMIT_MS)
  return {
    readings,
    marks: scale.memoryMarks.flatMap((mark) => readings.find(({ events }) => events >= mark) ?? []),
    slopeMbPerMillion: slopeOf(readings.filter(({ events }) => events >= from)),
    logBytesPerEvent,
    firstPageMs,
    freshSubscriptionMs,
    readBack,
    rssMbAfterwards: reading(total).rssMb,
  }
}
