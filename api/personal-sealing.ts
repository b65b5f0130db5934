import type { Keyring, SealedEnvelope } from '#platform/keyring/port.ts'
import type { Customer } from './plugins/session-cookies.ts'
import { Problem } from './problems.ts'

/**
 * Seals what somebody who is signed in tells the shop of themselves. Who was forgotten since they signed in has another
 * key by now, under which it would stay readable after all.
 * @throws Problem `SESSION_NOT_FOUND` then; whatever was sealed must not be recorded.
 */
export const sealOf = async (
  { customerId, keyId }: Customer,
  keyring: Pick<Keyring, 'seal'>,
  purpose: string,
  content: object,
): Promise<SealedEnvelope> => {
  const envelope = await keyring.seal(customerId, purpose, content)
  if (keyId !== undefined && envelope.keyId !== keyId) throw new Problem('SESSION_NOT_FOUND')
  return envelope
}
