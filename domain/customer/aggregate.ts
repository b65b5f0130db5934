import type { Aggregate } from '../decider.ts'
import { customerCodec } from './codec.ts'
import type { CustomerCommand, CustomerRefusal } from './commands.ts'
import { customerDecider, type CustomerState } from './decider.ts'
import type { CustomerEvent } from './events.ts'

/** Streams `customer-{customerId}`. */
export const customer: Aggregate<CustomerState, CustomerCommand, CustomerEvent, CustomerRefusal> = {
  category: 'customer',
  decider: customerDecider,
  codec: customerCodec,
}
