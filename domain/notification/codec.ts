import { z } from 'zod'
import { defineCodec, type EventCodec } from '../codec.ts'
import { ProviderNotificationReceived, type NotificationEvent } from './events.ts'

const First = z.looseObject({})

/** How the provider's notifications stand in the log. */
export const notificationCodec: EventCodec<NotificationEvent> = defineCodec<NotificationEvent>({
  ProviderNotificationReceived: {
    version: 2,
    data: ProviderNotificationReceived,
    upcast: {
      // The first version read every body as UTF-8, and marked a cut one in its text.
      1: (data) => ({
        ...First.parse(data),
        bodyEncoding: 'utf8',
        bodyCut: false,
        signature: 'unsigned',
        verdict: 'not-recorded',
      }),
    },
  },
})
