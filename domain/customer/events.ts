import { z } from 'zod'
import { EncryptedEnvelope } from '../envelope.ts'
import type { Event } from '../event.ts'
import { CustomerId } from '../ids.ts'

/**
 * A person gave the shop information about themselves for the first time, or for the first time since they were
 * forgotten. Written through the shop's API. Says nothing about orders: whoever signs in may order without it.
 */
export const CustomerRegistered = z.object({
  customerId: CustomerId,
  registeredAtMs: z.int(),
})

/**
 * This is now what the shop knows of the person: name, reading, birth date, gender, telephone, e-mail and address, as
 * far as they gave them. Written through the shop's API. All of it is in the envelope and replaces what was recorded before.
 */
export const PersonalInformationRecorded = z.object({
  /** Sealed for the purpose `profile`. */
  information: EncryptedEnvelope,
  recordedAtMs: z.int(),
})

/**
 * The person asked to be forgotten. Written through the shop's API, before anything is destroyed, so that whatever is
 * interrupted afterwards is finished by the forgetting process. Says nothing of their orders, which stay whole without them.
 */
export const CustomerForgotten = z.object({
  customerId: CustomerId,
  /** Names this request: it is carried out once, however often it is delivered. */
  forgettingId: z.string().min(1),
  /** The identity provider's name for the person, so that it can be told to forget them too; never an address. */
  subject: z.string().min(1).optional(),
  forgottenAtMs: z.int(),
})

export type CustomerEvent =
  | Event<'CustomerRegistered', typeof CustomerRegistered>
  | Event<'PersonalInformationRecorded', typeof PersonalInformationRecorded>
  | Event<'CustomerForgotten', typeof CustomerForgotten>
