import { alertCodec } from '#domain/alert/codec.ts'
import type { AlertEvent, Statement } from '#domain/alert/events.ts'
import { impossible } from '#domain/decider.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { Alert } from '#projections/alerts/document.ts'

const moment = (atMs: number): string => new Date(atMs).toISOString()

/** A code with what goes into it: `paid-twice successes=2`. */
const said = ({ code, params }: Statement): string =>
  [code, ...params.map(({ name, value }) => `${name}=${value}`)].join(' ')

/** One line of `alerts list`. */
export const inLine = (alert: Alert): string =>
  [
    moment(alert.raisedAtMs),
    alert.severity,
    alert.rule.padEnd(28),
    alert.status.padEnd(12),
    alert.alertId,
    alert.orderId ?? alert.subject,
    said(alert.observed),
  ].join('  ')

const happened = ({ type, data }: AlertEvent): string => {
  switch (type) {
    case 'AlertRaised':
      return `${data.severity}  ${data.rule}  ${data.orderId ?? data.subject}  ${said(data.observed)}; expected ${said(data.expected)}`
    case 'AlertAcknowledged':
      return `by ${data.by}`
    case 'AlertAssigned':
      return `to ${data.assignee} by ${data.by}`
    case 'AlertNoted':
      // A terminal takes control characters for commands.
      return `by ${data.by}: ${JSON.stringify(data.text)}`
    case 'AlertResolved':
      return data.resolution.by === 'healed'
        ? `healed: ${data.resolution.reason}`
        : `by ${data.resolution.staffId}${data.resolution.note === undefined ? '' : `: ${JSON.stringify(data.resolution.note)}`}`
    default:
      return impossible(type)
  }
}

/** One line of `alerts tail`. What this build cannot read is named and never quoted. */
export const asLine = (recorded: RecordedEvent): string => {
  const start = `${moment(recorded.createdAtMs)}  ${recorded.type.padEnd(17)}  ${recorded.stream.replace('alert-', '')}`
  try {
    return `${start}  ${happened(decodeRecorded(alertCodec, recorded))}`
  } catch {
    return `${start}  cannot be read by this version`
  }
}
