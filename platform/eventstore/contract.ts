import { afterAll, beforeAll } from 'vitest'
import { streamContract } from './contract-streams.ts'
import { subscriptionContract } from './contract-subscriptions.ts'
import type { EventStore } from './port.ts'

export interface OpenEventStore {
  readonly store: EventStore
  readonly close: () => Promise<void>
}

/** What every event store must do alike. What `open` gives may hold anything, and others may write to it meanwhile. */
export const eventStoreContract = (open: () => Promise<OpenEventStore>): void => {
  let opened: OpenEventStore | undefined
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  const store = (): EventStore => {
    if (opened === undefined) throw new Error('The event store is not open')
    return opened.store
  }
  streamContract(store)
  subscriptionContract(store)
}
