import { accepted, unchanged, type Decider } from '../decider.ts'
import type { BeginDeed } from './commands.ts'
import type { DeedEvent } from './events.ts'

export interface DeedState {
  readonly status: 'none' | 'begun'
}

/** A deed is begun once; how it ended is told by what it was done to. */
export const deedDecider: Decider<DeedState, BeginDeed, DeedEvent, never> = {
  initial: { status: 'none' },
  evolve: () => ({ status: 'begun' }),
  decide: ({ status }, { kind, subject, atMs }) =>
    status === 'begun' ? unchanged : accepted({ type: 'StaffDeedBegun', data: { kind, subject, atMs } }),
}
