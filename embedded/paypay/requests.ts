import { z } from 'zod'
import { orderItemSchema } from './attempt.ts'
import type { ResultName } from './results.ts'

/** What merchants send. Unknown fields are ignored, as the reference adds and removes fields without a new version. */

const ownId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
const yen = z.object({ amount: z.int().min(1).max(99_999_999_999), currency: z.literal('JPY') })
const epochSeconds = z.int().min(0).max(99_999_999_999)

/** Web pages and app links; a script address would run on the cashier page. */
const returnAddress = z
  .string()
  .max(2_048)
  .refine(
    (text) => URL.canParse(text) && !/^(javascript|data|vbscript):/i.test(text.trim()),
    'not a return address',
  )

export const codeRequestSchema = z.object({
  merchantPaymentId: ownId,
  amount: yen,
  codeType: z.literal('ORDER_QR'),
  orderDescription: z.string().max(255).nullish(),
  requestedAt: epochSeconds.nullish(),
  redirectUrl: returnAddress.nullish(),
  redirectType: z.enum(['WEB_LINK', 'APP_DEEP_LINK']).nullish(),
  userAgent: z.string().max(4_096).nullish(),
  isAuthorization: z.boolean().nullish(),
  storeId: z.string().max(255).nullish(),
  terminalId: z.string().max(255).nullish(),
  /** No longer documented, still taken and echoed. */
  orderItems: z.array(orderItemSchema).max(1_000).nullish(),
})

export const refundRequestSchema = z.object({
  merchantRefundId: ownId,
  paymentId: z.string().min(1).max(64),
  amount: yen,
  requestedAt: epochSeconds,
  reason: z.string().max(255).nullish(),
})

export type Read<T> = { kind: 'read'; value: T } | { kind: 'refused'; because: ResultName }

/** Parses a body, telling an absent field from a wrong one as the provider's error codes do. */
export function readBody<S extends z.ZodType>(schema: S, rawBody: Buffer): Read<z.output<S>> {
  let json: unknown
  try {
    json = JSON.parse(rawBody.toString('utf8'))
  } catch {
    return { kind: 'refused', because: 'INVALID_REQUEST_PARAMS' }
  }
  const parsed = schema.safeParse(json, { reportInput: true })
  if (parsed.success) return { kind: 'read', value: parsed.data }
  const absent = parsed.error.issues.some(
    (issue) => issue.code === 'invalid_type' && issue.input === undefined,
  )
  return { kind: 'refused', because: absent ? 'MISSING_REQUEST_PARAMS' : 'INVALID_REQUEST_PARAMS' }
}
