import type { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import type { Money } from '#domain/money/money.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { isoTime } from '../iso-time.ts'
import { publication, type Said, type Translation } from '../publication.ts'
import { PaymentFailed, PaymentSucceeded } from './message.ts'

/** What later messages of one attempt need of its first event. */
export type AttemptSoFar =
  | undefined
  | {
      readonly orderId: OrderId
      readonly merchantPaymentId: MerchantPaymentId
      readonly attempt: number
      readonly amount: Money
    }

const LONGEST_CODE = 200

/** Payment events as other systems are told of them: what the provider settled, and nothing on the way there. */
export const paymentTranslation: Translation<AttemptSoFar, PaymentEvent, PaymentSucceeded | PaymentFailed> = {
  topic: 'payments',
  category: 'payment',
  codec: paymentCodec,
  types: ['PaymentRequested', 'PaymentSucceeded', 'PaymentFailed'],
  bodies: { PaymentSucceeded, PaymentFailed },
  initial: undefined,
  evolve: (before, event) => {
    if (event.type !== 'PaymentRequested') return before
    const { orderId, merchantPaymentId, attempt, amount } = event.data
    return { orderId, merchantPaymentId, attempt, amount }
  },
  say: (before, event): Said<PaymentSucceeded | PaymentFailed> | undefined => {
    if (event.type !== 'PaymentSucceeded' && event.type !== 'PaymentFailed') return undefined
    if (before === undefined) throw new Error(`${event.type} comes before PaymentRequested`)
    const { orderId, merchantPaymentId } = before
    const to = { type: event.type, key: orderId, subject: merchantPaymentId }
    const at = isoTime(event.data.atMs)
    if (event.type === 'PaymentFailed') {
      const { reason, source } = event.data
      return {
        ...to,
        body: PaymentFailed.parse({ ...before, reason: reason.slice(0, LONGEST_CODE), source, at }),
      }
    }
    const { paymentId, amount, succeededAtMs, source } = event.data
    const succeededAt = isoTime(succeededAtMs)
    return { ...to, body: PaymentSucceeded.parse({ ...before, paymentId, amount, succeededAt, source, at }) }
  },
}

export const paymentPublication = publication(paymentTranslation)
