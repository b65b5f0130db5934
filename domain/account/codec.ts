import { defineCodec, type EventCodec } from '../codec.ts'
import * as events from './events.ts'
import type { AccountEvent } from './events.ts'

/** How account events stand in the log. */
export const accountCodec: EventCodec<AccountEvent> = defineCodec<AccountEvent>({
  AccountOpened: { version: 1, data: events.AccountOpened },
  FundsDeposited: { version: 1, data: events.FundsDeposited },
  FundsDebited: { version: 1, data: events.FundsDebited },
  DebitRefused: { version: 1, data: events.DebitRefused },
  FundsRefunded: { version: 1, data: events.FundsRefunded },
})
