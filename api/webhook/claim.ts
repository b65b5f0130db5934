import { z } from 'zod'
import { verdictOf } from '#domain/payment/verdict.ts'

/** What a body claims, as far as it can be read. Nothing is believed: it only says which attempt to ask about. */
export interface Claim {
  readonly merchantPaymentId?: string
  readonly status?: string
  readonly type?: string
}

/** What a sender says that nobody here has heard of: the provider may have changed its words. */
export type Surprise = 'unknown-type' | 'unknown-state'

const Text = z
  .union([z.string(), z.number()])
  .transform((text) => String(text).toWellFormed())
  .pipe(z.string().min(1).max(200))
  .optional()
  .catch(undefined)

/** PayPay's own words, and those of an older shop system whose senders may still be about. */
const Words = z.object({
  merchant_order_id: Text,
  merchantPaymentId: Text,
  state: Text,
  status: Text,
  notification_type: Text,
})

const Body = Words.extend({ data: Words.optional().catch(undefined) })

/** Reads both known shapes, the second also under `data`. Undefined when the body is no JSON object. */
export const claimIn = (body: string): Claim | undefined => {
  const read = Body.safeParse(parsed(body))
  if (!read.success) return undefined
  const { data: inner, ...outer } = read.data
  const merchantPaymentId =
    outer.merchant_order_id ?? outer.merchantPaymentId ?? inner?.merchant_order_id ?? inner?.merchantPaymentId
  const status = outer.state ?? outer.status ?? inner?.state ?? inner?.status
  const type = outer.notification_type ?? inner?.notification_type
  return {
    ...(merchantPaymentId === undefined ? {} : { merchantPaymentId }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
  }
}

/** Some senders put a byte order mark before their JSON. */
const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** The misspelling is PayPay's; the corrected word may come one day. */
const TYPES = /^(?:Transaction|file\.created|customer\.auth(?:roi|ori)zation\.\w+)$/

/** A notice of PayPay's that an authorisation runs out; its documentation and its integrators differ on where it stands. */
const NOTICE = 'EXPIRED_USER_CONFIRMATION'

/** What to tell somebody about: a word nobody here knows, or a transaction that does not say its state. */
export const surpriseIn = ({ type, status }: Claim): Surprise | undefined => {
  if (type !== undefined && !TYPES.test(type)) return 'unknown-type'
  if (status === undefined) return type === 'Transaction' ? 'unknown-state' : undefined
  return status === NOTICE || verdictOf(status) !== 'unknown' ? undefined : 'unknown-state'
}
