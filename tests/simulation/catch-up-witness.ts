import type { DomainEvent } from '#domain/decider.ts'
import type { Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Process } from '#processmanagers/process.ts'
import type { Violation } from './violation.ts'

export interface CatchUpWitnessOptions {
  /** Everything the log holds now. */
  readonly events: () => readonly RecordedEvent[]
  readonly nowMs: () => number
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
}

export interface CatchUpWitness {
  /** The read store of this life, watched for where its processes begin. */
  readonly readStore: (readStore: ReadStore) => ReadStore
  readonly process: <E extends DomainEvent>(process: Process<E>) => Process<E>
}

/** An event may be on its way for this long, over a slow network and behind others. */
const ON_ITS_WAY_MS = 10_000

/**
 * Looks over the shoulders of one life's processes: an alarm may go off only after everything older of its case has
 * arrived, or a backlog would look like silence.
 */
export const catchUpWitness = ({ events, nowMs, found }: CatchUpWitnessOptions): CatchUpWitness => {
  const begunAfter = new Map<string, Position>()

  const process = <E extends DomainEvent>(watched: Process<E>): Process<E> => {
    const arrived = new Set<string>()
    const handles = new Set<string>(watched.handles)
    return {
      ...watched,
      // Asked of every event that arrives, before it is queued; what is queued may rightly wait behind an alarm.
      key: (recorded) => {
        arrived.add(recorded.id)
        return watched.key(recorded)
      },
      onDeadline: (key, name, deadlines) => {
        const after = begunAfter.get(`process:${watched.name}`) ?? -1
        const overlooked = events().find(
          (event) =>
            handles.has(event.type) &&
            event.position > after &&
            event.createdAtMs < nowMs() - ON_ITS_WAY_MS &&
            !arrived.has(event.id) &&
            watched.key(event) === key,
        )
        if (overlooked !== undefined)
          found({
            rule: 'I12',
            message: 'An alarm went off before its process had read the log',
            orderId: overlooked.metadata.correlationId,
            facts: { process: watched.name, alarm: name, overlooked: overlooked.type },
          })
        return watched.onDeadline(key, name, deadlines)
      },
    }
  }

  return {
    process,
    readStore: (readStore) => ({
      ...readStore,
      checkpoint: async (name) => {
        const position = await readStore.checkpoint(name)
        if (position !== undefined) begunAfter.set(name, position)
        return position
      },
    }),
  }
}
