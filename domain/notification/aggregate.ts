import type { Aggregate } from '../decider.ts'
import { notificationCodec } from './codec.ts'
import type { NotificationCommand, NotificationRefusal } from './commands.ts'
import { notificationDecider, type NotificationState } from './decider.ts'
import type { NotificationEvent } from './events.ts'

/** Streams `notification-…`. */
export const notification: Aggregate<
  NotificationState,
  NotificationCommand,
  NotificationEvent,
  NotificationRefusal
> = {
  category: 'notification',
  decider: notificationDecider,
  codec: notificationCodec,
}

/** In place of a payment id: the one ring of notifications about attempts that are not ours. */
export const UNKNOWN_PAYMENT = 'unknown'
