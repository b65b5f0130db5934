import { z } from 'zod'

/**
 * Somebody posted this to the webhook address. Written by the API before it answers 200, so that nothing the provider
 * says is lost; it is a hint to ask, never a proof: provider webhooks carry no signature.
 */
export const ProviderNotificationReceived = z.object({
  /** As it came, cut to a bound; the provider's bodies hold ids and amounts, no personal data. */
  rawBody: z.string(),
  /** SHA-256 of the raw bytes, hex: the same body again is not stored again. */
  bodyHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** What the body claims, where it could be read. */
  claim: z.object({ merchantPaymentId: z.string().optional(), status: z.string().optional() }),
  sourceAddress: z.string(),
  /** Whether the source is on the provider's published address list: a signal, not a gate. */
  trusted: z.boolean(),
  receivedAtMs: z.int(),
})

export type NotificationEvent = {
  readonly type: 'ProviderNotificationReceived'
  readonly data: z.infer<typeof ProviderNotificationReceived>
}
