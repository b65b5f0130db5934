import { defineCodec, type EventCodec } from '../codec.ts'
import { StaffDeedBegun, type DeedEvent } from './events.ts'

/** How what staff did stands in the log. Version 1 knew no replays of parked keys. */
export const deedCodec: EventCodec<DeedEvent> = defineCodec<DeedEvent>({
  StaffDeedBegun: { version: 2, data: StaffDeedBegun, upcast: { 1: (data) => data } },
})
