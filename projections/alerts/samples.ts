import { raiseAlert } from '#domain/alert/samples.ts'
import type { AlertEvent } from '#domain/alert/events.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { Entry } from '../given.ts'

type Raised = Extract<AlertEvent, { type: 'AlertRaised' }>['data']

/** A stable id for the nth alert of a spec. */
export const alertIdOf = (nth: number): string => derivedId('alert', nth)

/** The nth alert, as it is raised unless told otherwise: a double payment of one order. */
export const raisedAs = (nth: number, differing: Partial<Raised> = {}): Entry => {
  const { type: _type, ...data } = raiseAlert
  const alertId = alertIdOf(nth)
  return {
    stream: `alert-${alertId}`,
    event: { type: 'AlertRaised', data: { ...data, alertId, ...differing } },
    metadata: { correlationId: data.orderId ?? alertId, actor: 'process:alerting' },
  }
}

/** What became of the nth one. */
export const after = (nth: number, event: AlertEvent): Entry => ({
  stream: `alert-${alertIdOf(nth)}`,
  event,
  metadata: { actor: 'staff:staff-1' },
})
