import type { EncryptedEnvelope } from '../envelope.ts'
import type { CustomerId } from '../ids.ts'

/**
 * Replaces what is known of the person, and registers them where they are not yet. The same envelope again is
 * unchanged; whether two envelopes hold the same content only who can open them can tell.
 */
export interface RecordPersonalInformation {
  readonly type: 'RecordPersonalInformation'
  readonly customerId: CustomerId
  readonly information: EncryptedEnvelope
  /** The version the person saw; when another one is there by now, it is not overwritten. Absent: whatever is there. */
  readonly insteadOf?: number
  readonly atMs: number
}

/** Never refused: also who never registered may have left their name on an order. */
export interface ForgetCustomer {
  readonly type: 'ForgetCustomer'
  readonly customerId: CustomerId
  /** The same one again is the same request. */
  readonly forgettingId: string
  readonly subject?: string
  readonly atMs: number
}

export type CustomerCommand = RecordPersonalInformation | ForgetCustomer

/**
 * Why a customer's command is refused.
 * - `profile-changed`: what is recorded is no longer what the person saw.
 */
export type CustomerRefusal = 'profile-changed'
