import { z } from 'zod'

/**
 * Somebody posted this to the webhook address. Written by the API before it answers 200, so that nothing the provider
 * says is lost; it is a hint to ask, never a proof: provider webhooks carry no signature.
 */
export const ProviderNotificationReceived = z.object({
  /** As it came, up to a bound; the provider's bodies hold ids and amounts, no personal data. */
  rawBody: z.string(),
  /** Bytes that are no UTF-8 are kept in base64, so that none of them is lost. */
  bodyEncoding: z.enum(['utf8', 'base64']),
  /** Whether the delivery was longer than what is kept of it. */
  bodyCut: z.boolean(),
  /** SHA-256 of the raw bytes, hex: the same body again is not stored again. */
  bodyHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** What the body claims, where it could be read. */
  claim: z.object({
    merchantPaymentId: z.string().optional(),
    status: z.string().optional(),
    /** The sender's word for the kind of notification, `Transaction` for a payment. */
    type: z.string().optional(),
  }),
  sourceAddress: z.string(),
  /** Whether the source is on the provider's published address list: a signal, not a gate. */
  trusted: z.boolean(),
  /** `verified` where a gateway signs and the signature was good; one that is not good is never stored. */
  signature: z.enum(['unsigned', 'verified']),
  /**
   * What the inbox made of it, on which alone it decided whether to ask: `no-payment` names none, `unreadable` is no
   * JSON object, and `not-recorded` is from before this was kept.
   */
  verdict: z.enum(['known-payment', 'unknown-payment', 'no-payment', 'unreadable', 'not-recorded']),
  receivedAtMs: z.int(),
})

export type NotificationEvent = {
  readonly type: 'ProviderNotificationReceived'
  readonly data: z.infer<typeof ProviderNotificationReceived>
}
