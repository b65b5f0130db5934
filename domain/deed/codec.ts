import { defineCodec, type EventCodec } from '../codec.ts'
import { StaffDeedBegun, type DeedEvent } from './events.ts'

/** How what staff did stands in the log. */
export const deedCodec: EventCodec<DeedEvent> = defineCodec<DeedEvent>({
  StaffDeedBegun: { version: 1, data: StaffDeedBegun },
})
