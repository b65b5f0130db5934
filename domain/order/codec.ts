import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { OrderEvent } from './events.ts'

/** How order events stand in the log. */
export const orderCodec: EventCodec<OrderEvent> = defineCodec<OrderEvent>({
  OrderPlaced: { version: 1, data: events.OrderPlaced },
  OrderAwaitingPayment: { version: 1, data: events.OrderAwaitingPayment },
  PaymentRenewalRequested: { version: 1, data: events.PaymentRenewalRequested },
  OrderPaid: { version: 1, data: events.OrderPaid },
  SurplusPaymentRecorded: { version: 1, data: events.SurplusPaymentRecorded },
  OrderFailed: { version: 1, data: events.OrderFailed },
  OrderCancelled: { version: 1, data: events.OrderCancelled },
  OrderRefundRequested: { version: 1, data: events.OrderRefundRequested },
  OrderPartlyRefunded: { version: 1, data: events.OrderPartlyRefunded },
  OrderRefunded: { version: 1, data: events.OrderRefunded },
  OrderRefundRejected: { version: 1, data: events.OrderRefundRejected },
})
