import type { Aggregate } from '../decider.ts'
import { paymentCodec } from './codec.ts'
import type { PaymentCommand, PaymentRefusal } from './commands.ts'
import { paymentDecider, type PaymentState } from './decider.ts'
import type { PaymentEvent } from './events.ts'

/** Streams `payment-…`. */
export const payment: Aggregate<PaymentState, PaymentCommand, PaymentEvent, PaymentRefusal> = {
  category: 'payment',
  decider: paymentDecider,
  codec: paymentCodec,
}
