import type { Aggregate } from '../decider.ts'
import { accountCodec } from './codec.ts'
import type { AccountCommand, AccountRefusal } from './commands.ts'
import { accountDecider, type AccountState } from './decider.ts'
import type { AccountEvent } from './events.ts'

/** Streams `account-…`. */
export const account: Aggregate<AccountState, AccountCommand, AccountEvent, AccountRefusal> = {
  category: 'account',
  decider: accountDecider,
  codec: accountCodec,
}
