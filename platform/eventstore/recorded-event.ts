import type { ResolvedEvent } from '@eventstore/db-client'
import { z } from 'zod'
import type { RecordedEvent } from './port.ts'

/** No codec reads this version, so that data is not taken for what it may not be. */
const UNREADABLE_VERSION = 0

/** Field by field: what can be read tells whose event it is, also where the rest is broken. */
const Metadata = z.object({
  $correlationId: z.string().default('').catch(''),
  $causationId: z.string().default('').catch(''),
  commandId: z.string().default('').catch(''),
  actor: z.string().default('').catch(''),
  schemaVersion: z.int().positive().default(1).catch(UNREADABLE_VERSION),
  traceparent: z.string().optional().catch(undefined),
})
const UNREADABLE = Metadata.parse({ schemaVersion: UNREADABLE_VERSION })

/**
 * The client's event as Kessai sees it; undefined for a link whose target is gone and for the server's own `$` events.
 * Metadata that is not ours is read as empty, and where it is broken as that of no known version, rather than refused
 * here: a single event must not stop whoever reads the log, and the codec refuses it for its own case.
 */
export const recordedEvent = ({ event }: Pick<ResolvedEvent, 'event'>): RecordedEvent | undefined => {
  if (event === undefined || event.type.startsWith('$')) return undefined
  const { $correlationId, $causationId, traceparent, ...rest } = metadataOf(event.metadata ?? {})
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

/** The client hands over bytes where the metadata is not JSON. */
const metadataOf = (metadata: unknown): z.infer<typeof Metadata> => {
  const known = metadata instanceof Uint8Array ? undefined : Metadata.safeParse(metadata).data
  return known ?? UNREADABLE
}

const safe = (value: bigint): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond the safe integers`)
  return number
}
