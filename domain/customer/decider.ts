import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import type { EncryptedEnvelope } from '../envelope.ts'
import type {
  CustomerCommand,
  CustomerRefusal,
  ForgetCustomer,
  RecordPersonalInformation,
} from './commands.ts'
import type { CustomerEvent } from './events.ts'

interface Recorded {
  /** How often anything was recorded so far; it goes on counting over a forgetting, so no version comes twice. */
  readonly version: number
  /** Of the last forgetting, so that a late repeat of it does not forget a person who came back. */
  readonly forgettingId?: string
}

export type CustomerState =
  | ({ readonly status: 'none' } & Recorded)
  | ({
      readonly status: 'REGISTERED'
      readonly registeredAtMs: number
      readonly information?: EncryptedEnvelope
    } & Recorded)
  | ({ readonly status: 'FORGOTTEN'; readonly forgettingId: string } & Recorded)

/** What one person told the shop about themselves, and whether they took it back. */
export const customerDecider: Decider<CustomerState, CustomerCommand, CustomerEvent, CustomerRefusal> = {
  initial: { status: 'none', version: 0 },
  evolve: (state, event) => {
    switch (event.type) {
      case 'CustomerRegistered':
        return {
          ...recordedIn(state),
          status: 'REGISTERED',
          registeredAtMs: event.data.registeredAtMs,
        }
      case 'PersonalInformationRecorded':
        return {
          ...recordedIn(state),
          status: 'REGISTERED',
          registeredAtMs: state.status === 'REGISTERED' ? state.registeredAtMs : event.data.recordedAtMs,
          information: event.data.information,
          version: state.version + 1,
        }
      case 'CustomerForgotten':
        return { status: 'FORGOTTEN', version: state.version, forgettingId: event.data.forgettingId }
      default:
        return impossible(event)
    }
  },
  decide: (state, command) => {
    switch (command.type) {
      case 'RecordPersonalInformation':
        return decideRecording(state, command)
      case 'ForgetCustomer':
        return decideForgetting(state, command)
      default:
        return impossible(command)
    }
  },
}

type CustomerDecision = Decision<CustomerEvent, CustomerRefusal>

const decideRecording = (
  state: CustomerState,
  { customerId, information, insteadOf, atMs }: RecordPersonalInformation,
): CustomerDecision => {
  const isRegistered = state.status === 'REGISTERED'
  if (isRegistered && isSame(state.information, information)) return unchanged
  if (insteadOf !== undefined && insteadOf !== state.version) return refused('profile-changed')
  const recorded: CustomerEvent = {
    type: 'PersonalInformationRecorded',
    data: { information, recordedAtMs: atMs },
  }
  return isRegistered
    ? accepted(recorded)
    : accepted<CustomerEvent>(
        { type: 'CustomerRegistered', data: { customerId, registeredAtMs: atMs } },
        recorded,
      )
}

/** Also of who is forgotten already: they may have ordered since, and left their name again. */
const decideForgetting = (
  state: CustomerState,
  { customerId, forgettingId, subject, atMs }: ForgetCustomer,
): CustomerDecision =>
  state.forgettingId === forgettingId
    ? unchanged
    : accepted({
        type: 'CustomerForgotten',
        data: {
          customerId,
          forgettingId,
          ...(subject === undefined ? {} : { subject }),
          forgottenAtMs: atMs,
        },
      })

const recordedIn = ({ version, forgettingId }: CustomerState): Recorded => ({
  version,
  ...(forgettingId === undefined ? {} : { forgettingId }),
})

const isSame = (a: EncryptedEnvelope | undefined, b: EncryptedEnvelope): boolean =>
  a?.keyId === b.keyId && a.iv === b.iv && a.ciphertext === b.ciphertext && a.tag === b.tag
