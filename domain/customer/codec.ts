import { defineCodec, type EventCodec } from '../codec.ts'
import {
  CustomerForgotten,
  CustomerRegistered,
  PersonalInformationRecorded,
  type CustomerEvent,
} from './events.ts'

/** How customers stand in the log. */
export const customerCodec: EventCodec<CustomerEvent> = defineCodec<CustomerEvent>({
  CustomerRegistered: { version: 1, data: CustomerRegistered },
  PersonalInformationRecorded: { version: 1, data: PersonalInformationRecorded },
  CustomerForgotten: { version: 1, data: CustomerForgotten },
})
