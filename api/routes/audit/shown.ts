import { isCollection } from 'immutable'
import { EncryptedEnvelope } from '#domain/envelope.ts'

/** In place of what auditors have no use for and a thief would: they see that it is there. */
export const LEFT_OUT = '[left out]'

/**
 * By the names of their fields. A code, its address and its deep link could be paid or resold, a hash could be tried
 * against guesses, and what a stranger posted may hold anything.
 */
const SECRETS: ReadonlySet<string> = new Set([
  'codeId',
  'url',
  'deeplink',
  'requestHash',
  'bodyHash',
  'rawBody',
  'sourceAddress',
])

/** A state or an event's data as JSON that an auditor may read: secrets marked, personal data still encrypted and said to be. */
export const shown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shown)
  if (isCollection(value)) return shown(value.toJSON())
  if (typeof value !== 'object' || value === null) return value
  const envelope = EncryptedEnvelope.safeParse(value)
  if (envelope.success)
    return { encrypted: true, keyId: envelope.data.keyId, algorithm: envelope.data.algorithm }
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      SECRETS.has(name) && part !== undefined ? LEFT_OUT : shown(part),
    ]),
  )
}
