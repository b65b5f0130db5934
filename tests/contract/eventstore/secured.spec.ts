import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { collect, freshNames } from '#platform/eventstore/contract-events.ts'
import type { SubscriptionStatus } from '#platform/eventstore/port.ts'
import { serverContract } from './server-contract.ts'
import { securedNode } from './servers.ts'

describe('the embedded node over TLS', () => {
  serverContract(securedNode)

  describe('asked by a stranger', () => {
    let server: Awaited<ReturnType<typeof securedNode>>
    beforeAll(async () => {
      server = await securedNode()
    })
    afterAll(() => server.stop())

    it.each([
      { who: 'nobody', userInfo: '' },
      { who: 'a wrong password', userInfo: 'shop:wrong@' },
      { who: 'an unknown user', userInfo: 'root:p@' },
    ])('refuses $who for good, without repeats', async ({ userInfo }) => {
      const { stream, noted, prefix } = freshNames()
      const retries: unknown[] = []
      const store = connectEventStore({
        connectionString: `esdb://${userInfo}${server.authority}${server.query}`,
        clock: systemClock,
        observer: { retry: (_, error) => retries.push(error) },
      })
      const attempts = await Promise.allSettled([
        store.append(stream('a'), [noted('x')], 'no-stream'),
        collect(store.read(stream('a'))),
        store.last(stream('a')),
        store.keepOnly(stream('a'), 1),
      ])
      for (const attempt of attempts) expect(attempt).toMatchObject({ reason: { type: 'access-denied' } })
      expect(retries).toEqual([])

      const stopping = new AbortController()
      const statuses: SubscriptionStatus[] = []
      for await (const _ of store.subscribe({
        name: 'spec',
        prefixes: [prefix],
        after: 'start',
        signal: stopping.signal,
        onStatus: (status) => {
          statuses.push(status)
          if (status.restarts === 2) stopping.abort()
        },
      }))
        throw new Error('nothing may come')
      expect(statuses.at(-1)).toMatchObject({
        connected: false,
        trouble: expect.stringMatching(/PERMISSION_DENIED|UNAUTHENTICATED/),
      })
      await store.close()
    })

    it('takes the user from the connection string or from the options', async () => {
      const { stream, noted } = freshNames()
      const inTheUrl = connectEventStore({
        connectionString: server.connectionString,
        clock: systemClock,
      })
      await inTheUrl.append(stream('a'), [noted('x')], 'no-stream')
      const inTheOptions = connectEventStore({
        connectionString: `esdb://${server.authority}${server.query}`,
        clock: systemClock,
        credentials: { username: 'shop', password: 'p:w@d' },
      })
      expect(await inTheOptions.append(stream('a'), [noted('y')], 0)).toMatchObject({ revision: 1 })
      expect(await collect(inTheOptions.read(stream('a')))).toHaveLength(2)
      await inTheOptions.keepOnly(stream('a'), 1)
      expect(await collect(inTheUrl.read(stream('a')))).toHaveLength(1)
      await Promise.all([inTheUrl.close(), inTheOptions.close()])
    })
  })
})
