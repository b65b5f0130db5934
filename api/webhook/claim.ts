import { z } from 'zod'

/** What a body claims, as far as it can be read. Nothing is believed: it only says which attempt to ask about. */
export interface Claim {
  readonly merchantPaymentId?: string
  readonly status?: string
}

const Text = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().min(1).max(200))
  .optional()
  .catch(undefined)

/** PayPay's own words, and those of an older shop system whose senders may still be about. */
const Words = z
  .object({
    merchant_order_id: Text,
    merchantPaymentId: Text,
    state: Text,
    status: Text,
    notification_type: Text,
  })
  .catch({})

const Wrapped = z.object({ data: Words }).catch({ data: {} })

/** Reads both known shapes, the second also under `data`; an unreadable body claims nothing. */
export const claimIn = (body: string): Claim => {
  const json = parsed(body)
  const [outer, inner] = [Words.parse(json), Wrapped.parse(json).data]
  const merchantPaymentId =
    outer.merchant_order_id ?? outer.merchantPaymentId ?? inner.merchant_order_id ?? inner.merchantPaymentId
  const status = outer.state ?? outer.status ?? inner.state ?? inner.status ?? outer.notification_type
  return {
    ...(merchantPaymentId === undefined ? {} : { merchantPaymentId }),
    ...(status === undefined ? {} : { status }),
  }
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
