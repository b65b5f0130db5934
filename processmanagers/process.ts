import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'

/** The alarms of one key. They are durable: what was set before an event counts as done is there after a crash. */
export interface Deadlines {
  /** Sets or moves the alarm of this name. */
  readonly set: (name: string, dueAtMs: number) => void
  readonly clear: (name: string) => void
}

/**
 * A process manager: it turns facts and alarms into commands. The runner delivers at least once and strictly in order
 * per key, so every step must be harmless to repeat: commands carry ids derived from (process, step, cause), and what
 * is owed is read from state, never from the number of deliveries.
 *
 * A step that throws is tried again; one that keeps failing parks its key. "The provider did not answer" is not an
 * exception: the process sets an alarm and returns.
 */
export interface Process<E extends DomainEvent> {
  readonly name: string
  readonly codec: EventCodec<E>
  /** Event types it acts on; it is sent no others. */
  readonly handles: readonly E['type'][]
  /** Which case an event belongs to (undefined when it is nobody's), without decoding it, so that an undecodable event parks the right key. */
  readonly key: (recorded: RecordedEvent) => string | undefined
  readonly onEvent: (event: E, recorded: RecordedEvent, deadlines: Deadlines) => Promise<void>
  readonly onDeadline: (key: string, name: string, deadlines: Deadlines) => Promise<void>
  /** How many keys may be worked on at once. */
  readonly parallelism: number
}
