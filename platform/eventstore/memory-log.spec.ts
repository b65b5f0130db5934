import { describe } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { eventStoreContract } from './contract.ts'
import { memoryLog } from './memory-log.ts'

describe('the log in memory', () => {
  eventStoreContract(async () => {
    const store = memoryLog(manualClock(1_000))
    return { store, close: store.close }
  })
})
