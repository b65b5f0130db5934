import { describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { freshNames, placesOf, upTo } from '#platform/eventstore/contract-events.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { nodeInProcess } from './servers.ts'
import { listenTo, nothingUncaught, until } from './watching.ts'

describe('a cluster of one, found by gossip', () => {
  nothingUncaught()

  it('that ends under load takes nobody with it, and is found again', async () => {
    const server = await nodeInProcess('on-disk')
    const store = connectEventStore({
      connectionString: `esdb://127.0.0.1:${server.port},localhost:${server.port}?tls=false&maxDiscoverAttempts=1`,
      clock: systemClock,
      answerTimeoutMs: 2_000,
    })
    const { stream, noted, prefix } = freshNames()
    const listeners = upTo(4).map(() => listenTo(store, prefix))
    await store.append(stream('a'), [noted('x')], 'no-stream')
    for (let time = 0; time < 2; time += 1) {
      await until(() => listeners.every(({ statuses }) => statuses.at(-1)?.connected === true))
      const attempts = Promise.allSettled(
        upTo(40).map(async (n) => {
          await systemClock.sleep(n)
          return store.append(stream(`${time}/${n}`), [noted(`${time}`, n)], 'no-stream')
        }),
      )
      await systemClock.sleep(20)
      await server.halt()
      await systemClock.sleep(300)
      await server.start()
      for (const attempt of await attempts)
        if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(EventStoreUnavailable)
    }
    const revision = (await store.last(stream('a')))?.revision ?? -1
    await store.append(stream('a'), [noted('y')], revision)
    for (const listener of listeners) {
      await until(() => placesOf(listener.events).includes(stream('a@1')))
      expect(new Set(placesOf(listener.events)).size).toBe(listener.events.length)
      await listener.stop()
    }
    await store.close()
    await server.stop()
  })
})
