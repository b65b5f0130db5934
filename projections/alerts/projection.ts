import { impossible } from '#domain/decider.ts'
import { idIn, type Logged } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { ALERTS } from './collection.ts'
import { MOST_STEPS, rankOf, type Alert, type AlertStep } from './document.ts'

const HANDLES = ['AlertRaised', 'AlertAcknowledged', 'AlertAssigned', 'AlertNoted', 'AlertResolved'] as const
type Handled = (typeof HANDLES)[number]

/** What has to be seen to, by whom, and what was done? One document per alert, from its own stream alone. */
export const alerts = defineProjection<Alert, Logged<Handled>>({
  name: 'alerts',
  version: 1,
  collection: ALERTS,
  handles: HANDLES,
  followsOneStream: true,
  key: ({ stream }) => idIn(stream),
  evolve: (document, event) => {
    if (event.type === 'AlertRaised') return document ?? raised(event)
    if (document === undefined) throw new Error(`${event.type} in ${event.stream}, which was never raised`)
    return { ...changed(document, event), changedPosition: event.position }
  },
})

const raised = ({ data, position }: Logged<'AlertRaised'>): Alert => {
  const { detectedAtMs, ...facts } = data
  return {
    ...facts,
    status: 'NEW',
    raisedAtMs: detectedAtMs,
    notes: 0,
    history: [],
    raisedPosition: position,
    changedPosition: position,
    rank: rankOf('NEW', data.severity, position),
  }
}

const changed = (alert: Alert, event: Logged<Exclude<Handled, 'AlertRaised'>>): Alert => {
  switch (event.type) {
    case 'AlertAcknowledged': {
      const { by, atMs } = event.data
      return {
        ...withStep(alert, { type: event.type, atMs, by }),
        ...(alert.status === 'RESOLVED' ? {} : { status: 'ACKNOWLEDGED' }),
        acknowledged: { by, atMs },
      }
    }
    case 'AlertAssigned': {
      const { assignee, by, atMs } = event.data
      return { ...withStep(alert, { type: event.type, atMs, by, assignee }), assignee }
    }
    case 'AlertNoted': {
      const { text, by, atMs } = event.data
      return { ...withStep(alert, { type: event.type, atMs, by, text }), notes: alert.notes + 1 }
    }
    case 'AlertResolved': {
      const { resolution, atMs } = event.data
      const step: AlertStep =
        resolution.by === 'healed'
          ? { type: event.type, atMs, reason: resolution.reason }
          : {
              type: event.type,
              atMs,
              by: resolution.staffId,
              ...(resolution.note === undefined ? {} : { text: resolution.note }),
            }
      return {
        ...withStep(alert, step),
        status: 'RESOLVED',
        resolved:
          resolution.by === 'healed' ? { atMs, reason: resolution.reason } : { atMs, by: resolution.staffId },
        rank: rankOf('RESOLVED', alert.severity, alert.raisedPosition),
      }
    }
    default:
      return impossible(event)
  }
}

const withStep = (alert: Alert, step: AlertStep): Alert => ({
  ...alert,
  history: [...alert.history, step].slice(-MOST_STEPS),
})
