import { alert } from '#domain/alert/aggregate.ts'
import type { AlertCommand, AlertRefusal } from '#domain/alert/commands.ts'
import type { CommandContext } from '#platform/commands/runner.ts'
import type { Position, RecordedEvent } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { Problem, type ProblemCode } from '../../problems.ts'
import { requestHash } from '../../request-hash.ts'

/** The events that staff write about one alert are some hundreds at the very most. */
const LONGEST_STREAM = 2_000
const HASH_LENGTH = 16

export interface AlertDeed {
  readonly alertId: string
  /** Its name is part of the command's id: one key may acknowledge and note. */
  readonly name: 'acknowledge' | 'assign' | 'note' | 'resolve'
  readonly idempotencyKey: string
  readonly body: object
  readonly actor: string
  readonly request: Pick<CommandContext, 'causationId' | 'traceparent'>
  /** The id is derived from the key, so that a repeat is the same note. */
  readonly command: (id: string) => AlertCommand
}

/**
 * Does one thing to an alert, once per key. The command's id holds the key and the body, so the log alone tells a repeat,
 * whatever happened since, from the same key with another body. What was so already writes nothing.
 * @returns where in the log it is written, or where the alert already was as wanted.
 * @throws Problem `alert-not-found`, `idempotency-key-reused`, or the alert's own refusal.
 */
export const alertDeeds =
  ({ commands, eventStore }: Pick<ApiDependencies, 'commands' | 'eventStore'>) =>
  async (deed: AlertDeed): Promise<Position> => {
    const { alertId, name, idempotencyKey, body, actor, request, command } = deed
    const id = derivedId('alert-deed', name, alertId, idempotencyKey)
    const commandId = `${id}.${requestHash(body).slice(0, HASH_LENGTH)}`
    const before = await written(eventStore, alertId, id)
    if (before !== undefined) return repeated(before, commandId)
    const outcome = await commands.run(alert, alertId, command(id), {
      commandId,
      correlationId: await correlationOf(eventStore, alertId),
      actor,
      ...request,
    })
    // Somebody with the same key may have been first; what stands in the log is the answer to both.
    const now = await written(eventStore, alertId, id)
    if (now !== undefined) return repeated(now, commandId)
    if (outcome.kind === 'refused') throw new Problem(CODES[outcome.refusal])
    return outcome.position
  }

const written = async (
  eventStore: ApiDependencies['eventStore'],
  alertId: string,
  id: string,
): Promise<RecordedEvent | undefined> => {
  for await (const event of eventStore.read(`alert-${alertId}`, 0, LONGEST_STREAM))
    if (event.metadata.commandId.startsWith(`${id}.`)) return event
  return undefined
}

/** An alert's events belong to the order that it is about. */
const correlationOf = async (eventStore: ApiDependencies['eventStore'], alertId: string): Promise<string> => {
  for await (const event of eventStore.read(`alert-${alertId}`, 0, 1)) return event.metadata.correlationId
  throw new Problem('alert-not-found')
}

const repeated = ({ metadata, position }: RecordedEvent, commandId: string): Position => {
  if (metadata.commandId !== commandId) throw new Problem('idempotency-key-reused')
  return position
}

const CODES: Readonly<Record<AlertRefusal, ProblemCode>> = {
  'unknown-alert': 'alert-not-found',
  'alert-already-resolved': 'alert-already-resolved',
  // A note's id is made from the request's key.
  'note-differs': 'idempotency-key-reused',
  'note-out-of-range': 'note-out-of-range',
  'too-many-notes': 'too-many-notes',
}
