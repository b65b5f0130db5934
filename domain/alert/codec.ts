import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { AlertEvent } from './events.ts'

/** How alert events stand in the log. */
export const alertCodec: EventCodec<AlertEvent> = defineCodec<AlertEvent>({
  AlertRaised: { version: 1, data: events.AlertRaised },
  AlertAcknowledged: { version: 1, data: events.AlertAcknowledged },
  AlertAssigned: { version: 1, data: events.AlertAssigned },
  AlertNoted: { version: 1, data: events.AlertNoted },
  AlertResolved: { version: 1, data: events.AlertResolved },
})
