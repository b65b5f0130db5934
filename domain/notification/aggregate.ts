import type { Aggregate } from '../decider.ts'
import { notificationCodec } from './codec.ts'
import type { NotificationCommand, NotificationRefusal } from './commands.ts'
import { notificationDecider, ringDecider, type NotificationState } from './decider.ts'
import type { NotificationEvent } from './events.ts'

/** Streams `notification-{merchantPaymentId}`. */
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

/** The one stream `notification-unknown`. */
export const unknownNotifications: Aggregate<
  NotificationState,
  NotificationCommand,
  NotificationEvent,
  never
> = {
  category: 'notification',
  decider: ringDecider,
  codec: notificationCodec,
}

/** In place of a payment id: the one ring of notifications about attempts that are not ours. */
export const UNKNOWN_PAYMENT = 'unknown'
