import { alertCodec } from '#domain/alert/codec.ts'
import type { AlertEvent, AlertFacts } from '#domain/alert/events.ts'
import type { AlertSeverity } from '#domain/alert/rules.ts'
import { isoTime } from '../iso-time.ts'
import { publication, type Said, type Translation } from '../publication.ts'
import { AlertAcknowledged, AlertRaised, AlertResolved } from './message.ts'

/** What later messages of one alert need of its first event. */
export type AlertSoFar =
  | undefined
  | {
      readonly alertId: string
      readonly rule: string
      readonly severity: AlertSeverity
      readonly orderId?: string
    }

type AlertMessage = AlertRaised | AlertAcknowledged | AlertResolved

const factsOf = ({
  orderConfirmedAtMs,
  paymentSucceededAtMs,
  ...rest
}: AlertFacts): AlertRaised['facts'] => ({
  ...rest,
  ...(orderConfirmedAtMs === undefined ? {} : { orderConfirmedAt: isoTime(orderConfirmedAtMs) }),
  ...(paymentSucceededAtMs === undefined ? {} : { paymentSucceededAt: isoTime(paymentSucceededAtMs) }),
})

/** Where the source is an actor it is told what kind of actor, and not who. */
const kindOf = (source: string): string => source.split(':', 1)[0] ?? source

/** Alert events as other systems are told of them. Notes and who does what stay in the house. */
export const alertTranslation: Translation<AlertSoFar, AlertEvent, AlertMessage> = {
  topic: 'alerts',
  category: 'alert',
  codec: alertCodec,
  types: ['AlertRaised', 'AlertAcknowledged', 'AlertResolved'],
  bodies: { AlertRaised, AlertAcknowledged, AlertResolved },
  initial: undefined,
  evolve: (before, event) => {
    if (event.type !== 'AlertRaised') return before
    const { alertId, rule, severity, orderId } = event.data
    return { alertId, rule, severity, ...(orderId === undefined ? {} : { orderId }) }
  },
  say: (_before, event, after): Said<AlertMessage> | undefined => {
    if (after === undefined) throw new Error(`${event.type} comes before AlertRaised`)
    const to = { key: after.orderId ?? after.alertId, subject: after.alertId }
    if (event.type === 'AlertRaised') {
      const { detectedAtMs, facts, source, ...rest } = event.data
      const body = AlertRaised.parse({
        ...rest,
        detectedAt: isoTime(detectedAtMs),
        facts: factsOf(facts),
        source: kindOf(source),
      })
      return { ...to, type: event.type, body }
    }
    if (event.type === 'AlertAcknowledged')
      return {
        ...to,
        type: event.type,
        body: AlertAcknowledged.parse({ ...after, at: isoTime(event.data.atMs) }),
      }
    if (event.type !== 'AlertResolved') return undefined
    const { resolution, atMs } = event.data
    const body = AlertResolved.parse({
      ...after,
      resolvedBy: resolution.by,
      ...(resolution.by === 'healed' ? { reason: resolution.reason } : {}),
      at: isoTime(atMs),
    })
    return { ...to, type: event.type, body }
  },
}

export const alertPublication = publication(alertTranslation)
