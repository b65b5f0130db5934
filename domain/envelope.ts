import { z } from 'zod'

/**
 * Personal data as it may stand in an event: encrypted with the customer's own key, which lives outside the event
 * store, so that destroying the key forgets the person although events cannot be changed. Only the keyring opens it.
 */
export const EncryptedEnvelope = z.object({
  /** Whose key opens it. */
  keyId: z.string().min(1),
  algorithm: z.literal('A256GCM'),
  /** Base64url. */
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
})
export type EncryptedEnvelope = z.infer<typeof EncryptedEnvelope>
