import { START, streamNameFilter } from '@eventstore/db-client'
import { assert } from '../measure.ts'
import { newEvents } from './appenders.ts'
import { interleaved, type Figure } from './rounds.ts'
import { sampled, type Sample } from './sample.ts'
import { BULK_EVENTS, PAGE_EVENTS, type Scale } from './scale.ts'
import type { OpenSession, Session } from './session.ts'

export type ReadKey =
  | 'stream in pages'
  | 'whole stream'
  | 'whole stream, edge'
  | '$all'
  | 'filtered catch-up'
  | 'filtered catch-up, edge'

const STREAM = 'wanted-stream'
const OTHERS = 'other-streams'

/** Half of the log is the stream that is read, in turn with events that the filter leaves out. */
const fill = async ({ appenders, ledger }: Session, events: number): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let first = 0; first < events; first += BULK_EVENTS)
    for (const stream of [STREAM, OTHERS]) {
      const batch = newEvents(BULK_EVENTS)
      const reached = await appenders.batch.append(stream, batch, first - 1)
      assert(reached === first + BULK_EVENTS - 1, `${stream} is at ${reached}`)
      const batchIds = batch.map(({ id }) => id)
      ledger.acknowledged(stream, first, batchIds)
      if (stream === STREAM) ids.push(...batchIds)
    }
  await ledger.verify()
  return ids
}

/** Asserts that events come in order, without a gap, and that they are the ones that were written. */
const counter = (ids: readonly string[]) => {
  let seen = 0
  return {
    seen: () => seen,
    next: (id: string | undefined, revision: number | bigint | undefined): void => {
      assert(id === ids[seen] && Number(revision) === seen, `event ${seen} came as ${id} at ${revision}`)
      seen += 1
    },
  }
}

const reader = ({ client, edge }: Session, key: ReadKey, ids: readonly string[]) => {
  const wanted = counter(ids)
  const filter = streamNameFilter({ prefixes: ['wanted-'], checkpointInterval: 32 })
  const work: Readonly<Record<ReadKey, () => Promise<void>>> = {
    'stream in pages': async () => {
      for (let from = 0; from < ids.length; from += PAGE_EVENTS) {
        const page = client.readStream(STREAM, { fromRevision: BigInt(from), maxCount: PAGE_EVENTS })
        for await (const { event } of page) wanted.next(event?.id, event?.revision)
      }
    },
    'whole stream': async () => {
      for await (const { event } of client.readStream(STREAM)) wanted.next(event?.id, event?.revision)
    },
    'whole stream, edge': async () => {
      for await (const event of edge.read(STREAM)) wanted.next(event.id, event.revision)
    },
    $all: async () => {
      let others = 0
      for await (const { event } of client.readAll()) {
        if (event?.streamId === STREAM) wanted.next(event.id, event.revision)
        else if (event?.streamId === OTHERS) others += 1
      }
      assert(others === ids.length, `${others} of ${ids.length} other events came`)
    },
    'filtered catch-up': async () => {
      const subscription = client.subscribeToAll({ fromPosition: START, filter })
      try {
        for await (const { event } of subscription) {
          wanted.next(event?.id, event?.revision)
          if (wanted.seen() === ids.length) break
        }
      } finally {
        await subscription.unsubscribe()
      }
    },
    'filtered catch-up, edge': async () => {
      const over = new AbortController()
      const options = { name: 'bench', prefixes: ['wanted-'], after: 'start', signal: over.signal } as const
      for await (const { events } of edge.subscribe(options)) {
        for (const event of events) wanted.next(event.id, event.revision)
        if (wanted.seen() === ids.length) break
      }
      over.abort()
    },
  }
  return {
    read: work[key],
    check: () => assert(wanted.seen() === ids.length, `${wanted.seen()} of ${ids.length} events came`),
  }
}

/** Reads and catching up, in events the reader gets (of `$all`: both halves). */
export const measureReads = async (
  open: OpenSession,
  scale: Scale,
): Promise<readonly Figure<ReadKey, Sample>[]> => {
  await using session = await open()
  const ids = await fill(session, scale.storedEvents)
  const keys: readonly ReadKey[] = [
    'stream in pages',
    'whole stream',
    'whole stream, edge',
    '$all',
    'filtered catch-up',
    'filtered catch-up, edge',
  ]
  const contestants = keys.map((key) => ({
    key,
    run: async () => {
      const { read, check } = reader(session, key, ids)
      const sample = await sampled(session.node.pid, key === '$all' ? 2 * ids.length : ids.length, read)
      check()
      return sample
    },
  }))
  // Awaited here: the session ends with this scope.
  return await interleaved(contestants, scale.rounds)
}
