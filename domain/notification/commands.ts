import type { NotificationEvent } from './events.ts'

/** Stores what somebody posted to the webhook address. The same body again is unchanged while it is remembered. */
export interface RecordNotification extends Readonly<NotificationEvent['data']> {
  readonly type: 'RecordNotification'
}

export type NotificationCommand = RecordNotification

/**
 * - `inbox-full`: this attempt has had as many different bodies from that kind of sender as are kept. Nothing else is
 *   refused: what a notification is worth is judged by asking the provider, not here.
 */
export type NotificationRefusal = 'inbox-full'
