import { z } from 'zod'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import type { RecordedEvent } from './port.ts'

/** Where an event stands that could not be read: all that may be told of it, and never what is in it. */
export interface EventPlace {
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly eventId: string
}

const LONGEST_TYPE = 100
const LONGEST_REASON = 300
const MOST_ISSUES = 3

export const placeOf = ({ stream, revision, type, id }: Omit<RecordedEvent, 'data'>): EventPlace => ({
  stream,
  revision,
  type: type.slice(0, LONGEST_TYPE),
  eventId: id,
})

/**
 * The log holds an event that this build cannot read: an unknown type, a version from the future, data or metadata of
 * another shape. Trying again does not help; a build that can read it does. Whoever meets it leaves the case alone and
 * tells somebody.
 */
export class UndecodableEvent extends Error {
  override readonly name = 'UndecodableEvent'
  readonly place: EventPlace
  /** Names fields and what was expected of them, never what was found. */
  readonly reason: string

  constructor(recorded: RecordedEvent, cause: unknown) {
    const place = placeOf(recorded)
    const reason = reasonOf(cause)
    super(`${place.type} ${place.revision}@${place.stream} (${place.eventId}) cannot be read: ${reason}`)
    this.place = place
    this.reason = reason
  }
}

/**
 * Lifts and checks an event of the log.
 * @throws UndecodableEvent
 */
export const decodeRecorded = <E extends DomainEvent>(
  codec: Pick<EventCodec<E>, 'decode'>,
  recorded: RecordedEvent,
): E => {
  try {
    return codec.decode(recorded.type, recorded.metadata.schemaVersion, recorded.data)
  } catch (error) {
    throw new UndecodableEvent(recorded, error)
  }
}

/** The codecs' own errors and zod's say nothing of the data; of any other, such as a parser's, only the kind is told. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof z.ZodError)
    return cause.issues
      .slice(0, MOST_ISSUES)
      .map(({ path, message }) => [...path.map(String), message].join(': '))
      .join('; ')
      .slice(0, LONGEST_REASON)
  if (!(cause instanceof Error)) return 'it was refused'
  return cause.name === 'Error' ? cause.message.slice(0, LONGEST_REASON) : cause.name
}
