import { z } from 'zod'

/**
 * What PayPay answers, as far as it is relied upon. Unknown fields are ignored, absent and null mean the same,
 * and nothing is read from `resultInfo.message`, which is for people.
 */

const absentable = <T extends z.ZodType>(type: T) =>
  type.nullish().transform((value) => (value === null ? undefined : value))

const envelope = z.object({
  resultInfo: z.object({
    code: z.string().min(1),
    message: absentable(z.string()),
    codeId: absentable(z.string()),
  }),
  data: z.unknown().optional(),
})

const money = z.object({ amount: z.int().nonnegative(), currency: z.string() })

/** Only addresses a browser may be sent to: an answer must not be able to smuggle in `javascript:`. */
const webAddress = z.string().regex(/^https?:\/\//)
const appAddress = z.string().regex(/^(https?|paypay[a-z0-9+.-]*):\/\//)

export const codeData = z.object({
  codeId: z.string().min(1),
  url: webAddress,
  deeplink: appAddress,
  /** Epoch seconds. */
  expiryDate: z.int().positive(),
  merchantPaymentId: absentable(z.string()),
  amount: absentable(money),
})

export const refundData = z.object({
  status: z.enum(['CREATED', 'REFUNDED']),
  merchantRefundId: z.string(),
  paymentId: absentable(z.string()),
  amount: money,
})

const refundEntry = z.object({ merchantRefundId: z.string(), amount: money, status: z.string() })

/** Statuses that say money was taken. They are believed only with the payment's id, ours and the amount beside them. */
const MONEY_TAKEN = new Set(['COMPLETED', 'AUTHORIZED', 'REFUNDED'])

export const paymentData = z
  .object({
    status: z.string().min(1),
    paymentId: absentable(z.string()),
    merchantPaymentId: absentable(z.string()),
    amount: absentable(money),
    /** Epoch seconds; 0 in the bare CREATED answer. */
    acceptedAt: absentable(z.int().nonnegative()),
    refunds: absentable(z.object({ data: absentable(z.array(refundEntry)) })),
  })
  .refine(
    ({ status, paymentId, merchantPaymentId, amount }) =>
      !MONEY_TAKEN.has(status) || (paymentId && merchantPaymentId && amount),
    'money was taken, but it is not said for which payment',
  )

export interface Envelope {
  code: string
  codeId?: string
  message: string
  data: unknown
}

/** Undefined when the body is not PayPay's envelope. */
export function readEnvelope(body: string): Envelope | undefined {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return undefined
  }
  const parsed = envelope.safeParse(json)
  if (!parsed.success) return undefined
  const { code, codeId, message } = parsed.data.resultInfo
  return { code, message: message ?? '', data: parsed.data.data, ...(codeId === undefined ? {} : { codeId }) }
}
