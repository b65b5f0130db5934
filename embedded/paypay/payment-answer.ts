import type { Attempt, PaymentMethod, Refund } from './attempt.ts'
import type { Knobs } from './knobs.ts'
import { failedAtMs, refundStatusAt, statusAt } from './transitions.ts'

/** How records look in answers: yen objects, times in epoch seconds. */

const seconds = (atMs: number) => Math.floor(atMs / 1000)
const yen = (amountMinor: number) => ({ amount: amountMinor, currency: 'JPY' })

function itemsAnswer({ request }: Attempt): object[] {
  return (request.orderItems ?? []).map(({ unitPrice, ...item }) => ({ ...item, unit_price: unitPrice }))
}

/** Points come with what kind of points they were. */
export function methodAnswer(type: PaymentMethod, amountMinor: number): object {
  const points = { points: [{ amount: amountMinor, type: 'REGULAR' }] }
  return { amount: yen(amountMinor), type, ...(type === 'POINT' ? { breakdown: points } : {}) }
}

export function codeAnswer(attempt: Attempt, publicUrl: string): object {
  const { request } = attempt
  // The real address ends in a constant prefix and the sixteen characters of the codeId.
  const url = `${publicUrl}/q/28180104${attempt.linkKey}`
  return {
    codeId: `04-${attempt.linkKey}`,
    url,
    deeplink: `paypay://payment?link_key=${encodeURIComponent(url)}`,
    expiryDate: seconds(attempt.expiresAtMs),
    merchantPaymentId: attempt.merchantPaymentId,
    amount: yen(request.amountMinor),
    codeType: 'ORDER_QR',
    isAuthorization: false,
    requestedAt: request.requestedAtSeconds ?? seconds(attempt.createdAtMs),
    ...(request.orderDescription === undefined ? {} : { orderDescription: request.orderDescription }),
    ...(request.orderItems === undefined ? {} : { orderItems: itemsAnswer(attempt) }),
    ...(request.redirectUrl === undefined ? {} : { redirectUrl: request.redirectUrl }),
    ...(request.redirectType === undefined ? {} : { redirectType: request.redirectType }),
  }
}

export function paymentAnswer(
  attempt: Attempt,
  refunds: readonly Refund[],
  nowMs: number,
  knobs: Knobs,
): object {
  const { payment, request } = attempt
  const status = statusAt(attempt, refunds, nowMs, knobs)
  // An unpaid code answers these three fields and nothing else.
  if (payment.state === 'none') return { status, acceptedAt: 0, requestedAt: 0 }
  if (payment.state === 'in-flight') {
    return { status, acceptedAt: 0, requestedAt: 0, paymentId: payment.paymentId }
  }
  const failed = failedAtMs(attempt, knobs)
  const paidAt = payment.state === 'completed' ? seconds(payment.paidAtMs) : 0
  return {
    paymentId: payment.paymentId,
    status,
    acceptedAt: paidAt,
    merchantPaymentId: attempt.merchantPaymentId,
    amount: yen(request.amountMinor),
    requestedAt: paidAt || (request.requestedAtSeconds ?? 0),
    storeId: request.storeId ?? '',
    terminalId: request.terminalId ?? '',
    orderReceiptNumber: '',
    orderDescription: request.orderDescription ?? '',
    orderItems: itemsAnswer(attempt),
    ...(payment.state === 'completed'
      ? { paymentMethods: [methodAnswer(payment.method, request.amountMinor)] }
      : {}),
    ...(refunds.length > 0
      ? { refunds: { data: refunds.map((refund) => refundAnswer(refund, nowMs)) } }
      : {}),
    ...(status === 'FAILED' && failed !== undefined ? { canceledAt: seconds(failed) } : {}),
  }
}

export function refundAnswer(refund: Refund, nowMs: number): object {
  return {
    status: refundStatusAt(refund, nowMs),
    acceptedAt: seconds(refund.acceptedAtMs),
    merchantRefundId: refund.merchantRefundId,
    paymentId: refund.paymentId,
    amount: yen(refund.amountMinor),
    requestedAt: refund.requestedAtSeconds,
    ...(refund.reason === undefined ? {} : { reason: refund.reason }),
  }
}
