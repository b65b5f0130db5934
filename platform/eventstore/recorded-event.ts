import type { ResolvedEvent } from '@eventstore/db-client'
import { z } from 'zod'
import type { RecordedEvent } from './port.ts'

const Metadata = z.object({
  $correlationId: z.string().default(''),
  $causationId: z.string().default(''),
  commandId: z.string().default(''),
  actor: z.string().default(''),
  schemaVersion: z.int().positive().default(1),
  traceparent: z.string().optional(),
})

/**
 * The client's event as Kessai sees it; undefined for a link whose target is gone and for the server's own `$` events.
 * Metadata that is not ours is read as empty rather than refused: whose event it is, is the codec's business.
 */
export const recordedEvent = ({ event }: Pick<ResolvedEvent, 'event'>): RecordedEvent | undefined => {
  if (event === undefined || event.type.startsWith('$')) return undefined
  const metadata = Metadata.safeParse(event.metadata ?? {})
  const { $correlationId, $causationId, traceparent, ...rest } = metadata.success
    ? metadata.data
    : Metadata.parse({})
  return {
    stream: event.streamId,
    revision: safe(event.revision),
    // Since 24.2 there are no explicit transactions, so an event's commit and prepare positions are the same number.
    position: safe(event.position?.commit ?? 0n),
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: {
      ...rest,
      correlationId: $correlationId,
      causationId: $causationId,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    createdAtMs: event.created.getTime(),
  }
}

const safe = (value: bigint): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond the safe integers`)
  return number
}
