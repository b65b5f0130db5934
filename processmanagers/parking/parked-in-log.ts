import { keyedQueue } from '#platform/commands/keyed-queue.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import { parking, type Parked, type ParkingState } from './parking.ts'

/** A key that stands still, and the event that says so first. */
export interface ParkedInLog extends Parked {
  readonly process: string
  readonly key: string
  readonly eventId: string
  readonly position: Position
}

/**
 * Follows one `parked-{process}` stream: each call reads what came since the last one, so the answer is as new as the
 * call. What is remembered grows with what is parked now.
 * @throws UndecodableEvent where it cannot be known what is parked.
 */
export const parkedInLog = (
  store: Pick<EventStore, 'read'>,
  process: string,
): (() => Promise<readonly ParkedInLog[]>) => {
  const stream = `${parking.category}-${process}`
  const { evolve, initial } = parking.decider
  const inTurn = keyedQueue()
  const begun = new Map<string, Pick<ParkedInLog, 'eventId' | 'position'>>()
  let state: ParkingState = initial
  let next = 0
  return () =>
    inTurn(stream, async () => {
      for await (const recorded of store.read(stream, next)) {
        const event = decodeRecorded(parking.codec, recorded)
        state = evolve(state, event)
        const { key } = event.data
        if (event.type === 'KeyReleased') begun.delete(key)
        if (event.type === 'WorkParked' && !begun.has(key))
          begun.set(key, { eventId: recorded.id, position: recorded.position })
        next = recorded.revision + 1
      }
      return [...begun].flatMap(([key, at]) => {
        const parked = state.keys.get(key)
        return parked === undefined ? [] : [{ ...parked, ...at, process, key }]
      })
    })
}
