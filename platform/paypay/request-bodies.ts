import type { CodeRequest, RefundRequest } from './port.ts'

/** The body of Create a Code: an instant sale, never a pre-authorisation. */
export function codeBody(request: CodeRequest): object {
  return {
    merchantPaymentId: request.merchantPaymentId,
    amount: { amount: request.amountMinor, currency: request.currency },
    codeType: 'ORDER_QR',
    isAuthorization: false,
    requestedAt: Math.floor(request.requestedAtMs / 1000),
    ...(request.description === undefined ? {} : { orderDescription: cut(request.description, 255) }),
    ...(request.redirectUrl === undefined
      ? {}
      : { redirectUrl: request.redirectUrl, redirectType: 'WEB_LINK' }),
    ...(request.userAgent === undefined ? {} : { userAgent: request.userAgent }),
  }
}

/** The body of a refund. */
export function refundBody(request: RefundRequest): object {
  return {
    merchantRefundId: request.merchantRefundId,
    paymentId: request.paymentId,
    amount: { amount: request.amountMinor, currency: request.currency },
    requestedAt: Math.floor(request.requestedAtMs / 1000),
    reason: cut(request.reason, 255),
  }
}

/** Cuts by code point, so that no half of a surrogate pair is left. */
function cut(text: string, length: number): string {
  return text.length <= length
    ? text
    : Array.from(text).slice(0, length).join('').slice(0, length).toWellFormed()
}
