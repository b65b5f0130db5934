import type { EncryptedEnvelope } from '../envelope.ts'
import { CustomerId } from '../ids.ts'
import type { ForgetCustomer, RecordPersonalInformation } from './commands.ts'
import type { CustomerEvent } from './events.ts'

export const customerId = CustomerId.parse('hanako')
export const AT_MS = 1_800_000_000_000

/** An envelope that nobody can open, told from others by what it is called. */
export const envelope = (content: string): EncryptedEnvelope => ({
  keyId: `${customerId}.1`,
  algorithm: 'A256GCM',
  iv: 'iv',
  ciphertext: content,
  tag: 'tag',
})

export const record = (content: string, insteadOf?: number): RecordPersonalInformation => ({
  type: 'RecordPersonalInformation',
  customerId,
  information: envelope(content),
  atMs: AT_MS,
  ...(insteadOf === undefined ? {} : { insteadOf }),
})
export const forget = (forgettingId: string, subject?: string): ForgetCustomer => ({
  type: 'ForgetCustomer',
  customerId,
  forgettingId,
  atMs: AT_MS,
  ...(subject === undefined ? {} : { subject }),
})

export const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: { customerId, registeredAtMs: AT_MS },
}
export const recorded = (content: string): CustomerEvent => ({
  type: 'PersonalInformationRecorded',
  data: { information: envelope(content), recordedAtMs: AT_MS },
})
export const forgotten = (forgettingId: string, subject?: string): CustomerEvent => ({
  type: 'CustomerForgotten',
  data: {
    customerId,
    forgettingId,
    ...(subject === undefined ? {} : { subject }),
    forgottenAtMs: AT_MS,
  },
})
