import { defineCodec, type EventCodec } from '../codec.ts'
import { ProviderNotificationReceived, type NotificationEvent } from './events.ts'

/** How the provider's notifications stand in the log. */
export const notificationCodec: EventCodec<NotificationEvent> = defineCodec<NotificationEvent>({
  ProviderNotificationReceived: { version: 1, data: ProviderNotificationReceived },
})
