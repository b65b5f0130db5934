import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import type { Batch, EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { gathered, waitingUpTo } from './gathered.ts'
import { logOf } from './given.ts'
import { delisted } from '#domain/catalogue/samples.ts'

const LOG: readonly RecordedEvent[] = logOf(
  Array.from({ length: 1_200 }, () => ({ stream: 'product-kettle', event: delisted })),
)
const one = (index: number, caughtUp = false): Batch => {
  const event = LOG[index]
  if (event === undefined) throw new Error(`The log has no event ${index}`)
  return { events: [event], position: event.position, caughtUp }
}

/** Hands over these batches, `turnsApart` turns of the event loop from one to the next, and then waits for the signal. */
const storeWith = (
  batches: readonly Batch[],
  turnsApart = 0,
): Pick<EventStore, 'subscribe'> & { readonly ended: () => boolean } => {
  let ended = false
  return {
    ended: () => ended,
    subscribe: async function* ({ signal }) {
      try {
        for (const batch of batches) {
          for (let turn = 0; turn < turnsApart; turn += 1) await nextTurn()
          yield batch
        }
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
        })
      } finally {
        ended = true
      }
    },
  }
}

const options = { name: 'spec', prefixes: ['product-'], after: 'start' } as const
const first = async (count: number, store: Pick<EventStore, 'subscribe'>): Promise<Batch[]> => {
  const batches: Batch[] = []
  for await (const batch of gathered(store, { ...options, signal: new AbortController().signal })) {
    batches.push(batch)
    if (batches.length === count) break
  }
  return batches
}

describe('a gathered subscription', () => {
  it('puts a backlog together in portions of 512, leaving nothing out', async () => {
    const store = storeWith(
      LOG.map((_, index) => one(index)),
      1,
    )
    const batches = await first(3, store)
    expect(batches.map(({ events }) => events.length)).toStrictEqual([512, 512, 176])
    expect(batches.flatMap(({ events }) => events)).toStrictEqual(LOG)
    expect(batches.map(({ position }) => position)).toStrictEqual(
      [511, 1_023, 1_199].map((last) => LOG[last]?.position),
    )
  })

  it('holds nothing back once all is caught up', async () => {
    const batches = await first(3, storeWith([one(0, true), one(1, true), one(2, true)]))
    expect(batches).toStrictEqual([one(0, true), one(1, true), one(2, true)])
  })

  it('hands over what it has when nothing more comes', async () => {
    expect(await first(1, storeWith([one(0), one(1)]))).toStrictEqual([
      { events: [LOG[0], LOG[1]], position: LOG[1]?.position, caughtUp: false },
    ])
  })

  it('fills its portions from a slow backlog where it may wait, and gives up in time where nothing comes', async () => {
    const signal = new AbortController().signal
    const slow = storeWith(
      LOG.slice(0, 20).map((_, index) => one(index)),
      20,
    )
    const portions: number[] = []
    for await (const batch of gathered(slow, { ...options, signal }, 8, waitingUpTo(systemClock, 200))) {
      portions.push(batch.events.length)
      if (portions.length === 3) break
    }
    expect(portions).toStrictEqual([8, 8, 4])
  })

  it('keeps the position of a batch that has one, and the news that all is caught up', async () => {
    const nothing: Batch = { events: [], position: undefined, caughtUp: true }
    expect(await first(1, storeWith([one(0), nothing]))).toStrictEqual([one(0, true)])
  })

  it('ends the subscription when the consumer leaves, also while it waits for more', async () => {
    const store = storeWith([one(0)])
    await first(1, store)
    expect(store.ended()).toBe(true)
  })

  it('fails only after what came before was handed over', async () => {
    const seen: Batch[] = []
    const failing: Pick<EventStore, 'subscribe'> = {
      subscribe: async function* () {
        yield one(0, true)
        throw new Error('the log is gone')
      },
    }
    const reading = async (): Promise<void> => {
      for await (const batch of gathered(failing, { ...options, signal: new AbortController().signal })) {
        await nextTurn()
        seen.push(batch)
      }
    }
    await expect(reading()).rejects.toThrow('the log is gone')
    expect(seen).toStrictEqual([one(0, true)])
  })
})
