import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { EventStore, RecordedEvent, SubscriptionStatus } from '#platform/eventstore/port.ts'

/** Fails every spec of the block during which the process would have ended by an error that nobody heard. */
export const nothingUncaught = (): void => {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => {
    uncaught.push(error)
  }
  beforeAll(() => {
    process.on('uncaughtException', note).on('unhandledRejection', note)
  })
  afterAll(() => {
    process.off('uncaughtException', note).off('unhandledRejection', note)
  })
  afterEach(async () => {
    // A rejection counts as unheard only when the turn in which it came is over.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(uncaught.splice(0)).toEqual([])
  })
}

/** Waits until the condition holds. */
export const until = async (condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> => {
  const giveUpAtMs = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A subscription that only listens. */
export interface Listener {
  readonly events: readonly RecordedEvent[]
  readonly statuses: readonly SubscriptionStatus[]
  readonly caughtUp: () => boolean
  readonly stop: () => Promise<void>
}

export const listenTo = (store: EventStore, prefix: string, by: 'stream' | 'type' = 'stream'): Listener => {
  const stopping = new AbortController()
  const events: RecordedEvent[] = []
  const statuses: SubscriptionStatus[] = []
  const listening = (async () => {
    for await (const batch of store.subscribe({
      name: `spec-${by}`,
      prefixes: [prefix],
      by,
      after: 'start',
      signal: stopping.signal,
      onStatus: (status) => statuses.push(status),
    }))
      events.push(...batch.events)
  })()
  return {
    events,
    statuses,
    caughtUp: () => statuses.at(-1)?.caughtUp === true,
    stop: async () => {
      stopping.abort()
      await listening
    },
  }
}
