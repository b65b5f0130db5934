import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { PaymentEvent } from './events.ts'

/** How payment events stand in the log. */
export const paymentCodec: EventCodec<PaymentEvent> = defineCodec<PaymentEvent>({
  PaymentRequested: {
    version: 2,
    data: events.PaymentRequested,
    // The first version knew PayPay alone, and said so.
    upcast: { 1: (data) => data },
  },
  PaymentCodeIssued: { version: 1, data: events.PaymentCodeIssued },
  PaymentCodeDeleted: { version: 1, data: events.PaymentCodeDeleted },
  PaymentObserved: { version: 1, data: events.PaymentObserved },
  PaymentSucceeded: { version: 1, data: events.PaymentSucceeded },
  PaymentFailed: { version: 1, data: events.PaymentFailed },
  PaymentLapsed: { version: 1, data: events.PaymentLapsed },
  PaymentOrphaned: { version: 1, data: events.PaymentOrphaned },
  PaymentCancelAnswered: { version: 1, data: events.PaymentCancelAnswered },
  RefundRequested: { version: 1, data: events.RefundRequested },
  RefundCompleted: { version: 1, data: events.RefundCompleted },
  RefundRejected: { version: 1, data: events.RefundRejected },
})
