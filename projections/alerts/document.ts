import type { AlertRaised } from '#domain/alert/events.ts'
import type { AlertSeverity } from '#domain/alert/rules.ts'
import type { z } from 'zod'

export const ALERT_STATUSES = ['NEW', 'ACKNOWLEDGED', 'RESOLVED'] as const
export type AlertStatus = (typeof ALERT_STATUSES)[number]

/** Something that happened to an alert after it was raised; notes are told with their text. Oldest first. */
export interface AlertStep {
  readonly type: 'AlertAcknowledged' | 'AlertAssigned' | 'AlertNoted' | 'AlertResolved'
  readonly atMs: number
  /** A staff member's id; absent where the log itself says that the violation is over. */
  readonly by?: string
  /** To whom it was given. */
  readonly assignee?: string
  /** A note, or what was written when it was resolved. */
  readonly text?: string
  /** Why it healed, as a code. */
  readonly reason?: string
}

export interface Alert extends Omit<z.infer<typeof AlertRaised>, 'detectedAtMs'> {
  readonly status: AlertStatus
  readonly raisedAtMs: number
  readonly acknowledged?: { readonly by: string; readonly atMs: number }
  readonly assignee?: string
  /** `by` is absent where it healed. */
  readonly resolved?: { readonly by?: string; readonly reason?: string; readonly atMs: number }
  /** How many notes there are; they stand in `history`. */
  readonly notes: number
  readonly history: readonly AlertStep[]
  /** Where it was raised in the log: no two alerts share it. */
  readonly raisedPosition: number
  /** Where it last changed. */
  readonly changedPosition: number
  /** Its place in the list; the highest is to be seen to first. See `rankOf`. */
  readonly rank: number
}

/** Positions stay below this: it is a petabyte of log. With six ranks above it the sum is still a safe integer. */
const RANK = 2 ** 50

/** What is open before what is not, then by severity, then the newest first; one number, so that it can be sorted by. */
export const rankOf = (status: AlertStatus, severity: AlertSeverity, raisedPosition: number): number => {
  const isOpen = status !== 'RESOLVED'
  return (isOpen ? (severity === 'P1' ? 2 : 1) : 0) * RANK + raisedPosition
}

/** Alerts have at most a hundred notes; of being handed to and fro only the newest steps are kept. */
export const MOST_STEPS = 250
