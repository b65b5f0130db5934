import { z } from 'zod'
import type { OrderId } from '#domain/ids.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { parkedCase } from '#platform/ids/parked-case.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { orderIdOf } from '#processmanagers/alerting/order-of-case.ts'
import { parkedAlertId } from '#processmanagers/alerting/parked-alert.ts'
import { alertQueries } from '#projections/alerts/queries.ts'
import { iso } from '../orders/order-view.ts'
import { needsRebuild, type ParkedEntry } from './parked-work.ts'

/** What staff see of a key that stands still. */
export const ParkedView = z.object({
  id: z.string(),
  kind: z.enum(['process', 'projection']),
  /** `checkout`, `order-summary@3`. */
  name: z.string(),
  key: z.string(),
  /** How many events and alarms wait, the first one included; absent where only the first one is known. */
  waiting: z.int().optional(),
  /** What it stopped at. */
  first: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('event'),
      stream: z.string(),
      revision: z.int(),
      /** Absent where the stream no longer holds the event. */
      type: z.string().optional(),
    }),
    z.object({ kind: z.literal('alarm'), name: z.string() }),
  ]),
  /** Of the last try; it names no person. */
  error: z.string(),
  /** When it was parked; of a read model, when the event was recorded that it stopped at. */
  since: z.string().optional(),
  /** A replay was asked for and has not ended. */
  askedAt: z.string().optional(),
  /** When a replay that was asked for failed last. */
  triedAt: z.string().optional(),
  orderId: z.string().optional(),
  alertId: z.string().optional(),
  /** What brings it on once the cause is mended. */
  remedy: z.enum(['replay', 'rebuild']),
})
export type ParkedView = z.infer<typeof ParkedView>

export interface ParkedViewsOptions {
  readonly eventStore: Pick<EventStore, 'read'>
  readonly readStore: ReadStore
}

/** Adds to a parked key what the log and the alerts know of it. */
export const parkedViews = ({
  eventStore,
  readStore,
}: ParkedViewsOptions): ((entry: ParkedEntry) => Promise<ParkedView>) => {
  const alerts = alertQueries(readStore)

  const alertOf = async (entry: ParkedEntry): Promise<string | undefined> => {
    if (entry.kind === 'projection') return undefined
    const { process, key, eventId, sinceMs: atMs } = entry.parked
    const alertId = parkedAlertId({ process, key, eventId, atMs })
    return alertId === undefined ? undefined : (await alerts.byId(alertId))?.body.alertId
  }

  return async (entry) => {
    const { id, kind, name, key, askedAtMs } = entry
    const { error, triedAtMs } = entry.parked
    const place = placeOf(entry)
    const event = place === undefined ? undefined : await eventAt(eventStore, place)
    const type = entry.kind === 'projection' ? entry.parked.type : event?.type
    const sinceMs = entry.kind === 'process' ? entry.parked.sinceMs : event?.createdAtMs
    const orderId = orderOf(entry, place?.stream)
    const alertId = await alertOf(entry)
    return {
      id,
      kind,
      name,
      key,
      ...(entry.kind === 'process' ? { waiting: entry.parked.work.length } : {}),
      first:
        place === undefined
          ? { kind: 'alarm', name: alarmOf(entry) }
          : { kind: 'event', ...place, ...(type === undefined ? {} : { type }) },
      error,
      ...(sinceMs === undefined ? {} : { since: iso(sinceMs) }),
      ...(askedAtMs === undefined ? {} : { askedAt: iso(askedAtMs) }),
      ...(triedAtMs === undefined ? {} : { triedAt: iso(triedAtMs) }),
      ...(orderId === undefined ? {} : { orderId }),
      ...(alertId === undefined ? {} : { alertId }),
      remedy: needsRebuild(entry) ? 'rebuild' : 'replay',
    }
  }
}

interface Place {
  readonly stream: string
  readonly revision: number
}

const placeOf = (entry: ParkedEntry): Place | undefined => {
  const [first] = entry.kind === 'process' ? entry.parked.work : [{ kind: 'event', ...entry.parked } as const]
  return first?.kind === 'event' ? { stream: first.stream, revision: first.revision } : undefined
}

const alarmOf = (entry: ParkedEntry): string => {
  const [first] = entry.kind === 'process' ? entry.parked.work : []
  return first?.kind === 'deadline' ? first.name : ''
}

const eventAt = async (
  store: Pick<EventStore, 'read'>,
  { stream, revision }: Place,
): Promise<RecordedEvent | undefined> => {
  for await (const recorded of store.read(stream, revision, 1))
    if (recorded.revision === revision) return recorded
  return undefined
}

const OF_AN_ORDER = /^(?:order|payment)-(.+)$/

const orderOf = ({ kind, name, key }: ParkedEntry, stream = ''): OrderId | undefined => {
  const ofKey = kind === 'process' ? orderIdOf(parkedCase(name, key).caseId) : undefined
  return ofKey ?? orderIdOf(OF_AN_ORDER.exec(stream)?.[1] ?? '')
}
