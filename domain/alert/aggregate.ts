import type { Aggregate } from '../decider.ts'
import { alertCodec } from './codec.ts'
import type { AlertCommand, AlertRefusal } from './commands.ts'
import { alertDecider, type AlertState } from './decider.ts'
import type { AlertEvent } from './events.ts'

/** Streams `alert-{alertId}`. */
export const alert: Aggregate<AlertState, AlertCommand, AlertEvent, AlertRefusal> = {
  category: 'alert',
  decider: alertDecider,
  codec: alertCodec,
}
