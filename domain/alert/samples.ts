import { OrderId } from '../ids.ts'
import { money } from '../money/money.ts'
import type { AlertCommand, RaiseAlert } from './commands.ts'
import type { AlertEvent } from './events.ts'

/** One alert about a second payment of one order, as its specs tell it. */
export const alertId = '1c0e8f6a-5b7d-5e2f-9a43-0d6c7b8a9e10'
export const AT_MS = 1_795_200_000_000

export const raiseAlert: RaiseAlert = {
  type: 'RaiseAlert',
  alertId,
  rule: 'C-double',
  severity: 'P1',
  orderId: OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10'),
  subject: 'kessai_6f2a1d7c3b544c1e9a0d5e8b7c6d4f10_a2',
  detectedAtMs: AT_MS,
  facts: {
    orderStatus: 'PAID',
    orderConfirmedAtMs: AT_MS - 9_000,
    paymentSucceededAtMs: AT_MS - 2_000,
    paymentSuccessCount: 2,
    orderTotal: money(18_760, 'JPY'),
    captured: money(37_520, 'JPY'),
    refunded: money(0, 'JPY'),
  },
  observed: { code: 'paid-twice', params: [{ name: 'successes', value: '2' }] },
  expected: { code: 'one-payment', params: [{ name: 'successes', value: '1' }] },
  source: 'webhook',
  triggerEventId: '7b1d2c3e-4f50-4617-8293-a4b5c6d7e8f9',
  amount: money(18_760, 'JPY'),
}
const { type: _, ...raisedData } = raiseAlert
export const raised: AlertEvent = { type: 'AlertRaised', data: raisedData }

export const acknowledge = (by = 'staff-1'): AlertCommand => ({ type: 'AcknowledgeAlert', by, atMs: AT_MS })
export const acknowledged = (by = 'staff-1'): AlertEvent => ({
  type: 'AlertAcknowledged',
  data: { by, atMs: AT_MS },
})
export const assign = (assignee: string, by = 'staff-1'): AlertCommand => ({
  type: 'AssignAlert',
  assignee,
  by,
  atMs: AT_MS,
})
export const assigned = (assignee: string, by = 'staff-1'): AlertEvent => ({
  type: 'AlertAssigned',
  data: { assignee, by, atMs: AT_MS },
})
export const note = (noteId: string, text: string, by = 'staff-1'): AlertCommand => ({
  type: 'NoteAlert',
  noteId,
  text,
  by,
  atMs: AT_MS,
})
export const noted = (noteId: string, text: string, by = 'staff-1'): AlertEvent => ({
  type: 'AlertNoted',
  data: { noteId, text, by, atMs: AT_MS },
})
export const heal: AlertCommand = {
  type: 'ResolveAlert',
  resolution: { by: 'healed', reason: 'surplus-refunded' },
  atMs: AT_MS,
}
export const healed: AlertEvent = {
  type: 'AlertResolved',
  data: { resolution: { by: 'healed', reason: 'surplus-refunded' }, atMs: AT_MS },
}
export const resolve = (noteText?: string): AlertCommand => ({
  type: 'ResolveAlert',
  resolution: { by: 'staff', staffId: 'staff-1', ...(noteText === undefined ? {} : { note: noteText }) },
  atMs: AT_MS,
})
export const resolved = (noteText?: string): AlertEvent => ({
  type: 'AlertResolved',
  data: {
    resolution: { by: 'staff', staffId: 'staff-1', ...(noteText === undefined ? {} : { note: noteText }) },
    atMs: AT_MS,
  },
})
