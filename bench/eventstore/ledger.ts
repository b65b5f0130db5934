import { END, FORWARDS, START, type EventStoreDBClient, type Position } from '@eventstore/db-client'
import { assert } from '../measure.ts'

/** What the store has acknowledged since it was last read back. */
export interface Ledger {
  /** Notes an acknowledged append. */
  readonly acknowledged: (stream: string, firstRevision: number, ids: readonly string[]) => void
  /**
   * Reads on in `$all` and asserts that exactly the acknowledged events came since the last time: each with its id,
   * each at its revision, none twice, none besides. Answers how many they were.
   */
  readonly verify: () => Promise<number>
}

interface Owed {
  readonly stream: string
  readonly revision: number
}

export const createLedger = (client: EventStoreDBClient): Ledger => {
  const owed = new Map<string, Owed>()
  let read: Position | undefined

  return {
    acknowledged: (stream, firstRevision, ids) => {
      for (const [index, id] of ids.entries()) owed.set(id, { stream, revision: firstRevision + index })
    },
    verify: async () => {
      const count = owed.size
      const reading = client.readAll({ direction: FORWARDS, fromPosition: read ?? START })
      for await (const { event } of reading) {
        if (event === undefined || event.type.startsWith('$')) continue
        // Reading on includes the event that was the last one before.
        if (read !== undefined && event.position.commit <= read.commit) continue
        read = event.position
        const expected = owed.get(event.id)
        assert(expected !== undefined, `${event.streamId} holds an event nobody was told of, or one twice`)
        assert(
          expected.stream === event.streamId && BigInt(expected.revision) === event.revision,
          `${event.id} is ${event.revision}@${event.streamId}, not ${expected.revision}@${expected.stream}`,
        )
        owed.delete(event.id)
      }
      assert(owed.size === 0, `${owed.size} of ${count} acknowledged events are not in the log`)
      return count
    },
  }
}

/** The position of the event that lies `count` before the end of the log. */
export const positionBeforeEnd = async (client: EventStoreDBClient, count: number): Promise<Position> => {
  let position: Position | undefined
  const reading = client.readAll({ direction: 'backwards', fromPosition: END, maxCount: count + 1 })
  for await (const { event } of reading) position = event?.position ?? position
  assert(position !== undefined, 'the log is empty')
  return position
}
