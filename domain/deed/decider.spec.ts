import { describe, it } from 'vitest'
import { given } from '../given.ts'
import type { BeginDeed } from './commands.ts'
import { deedDecider } from './decider.ts'

const data = { kind: 'READ_MODEL_SWITCH', subject: 'order-summary', atMs: 1_795_200_000_000 } as const
const command: BeginDeed = { type: 'BeginDeed', ...data }

describe('what staff set out to do', () => {
  it('is put on record', () => {
    given(deedDecider).when(command).then({ type: 'StaffDeedBegun', data })
  })

  it('is put on record once', () => {
    given(deedDecider, { type: 'StaffDeedBegun', data }).when(command).thenUnchanged()
  })
})
