import { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startNode } from './node.ts'
import { collect, numbered, openNode, refusalOf, until } from './testing/openNode.ts'

const connect = (port: number, query = 'tls=false') =>
  EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?${query}`)

/** A port that nobody listens on. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a client whose node restarts', () => {
  it.each([
    { protocol: 'BatchAppend', options: {} },
    { protocol: 'Append', options: { credentials: { username: 'a', password: 'b' } } },
  ])('finds it again by $protocol, with everything as it was', async ({ options }) => {
    const first = await openNode()
    const { port } = first.node
    const { client } = first
    await client.appendToStream('s', numbered(1), options)
    await first.node.stop()
    expect(await refusalOf(client.appendToStream('s', numbered(1), options))).toMatch(/unavailable|untyped/)

    const second = await startNode({ file: ':memory:', port })
    let outcome = ''
    // The first call after the failure may still meet the dead connection.
    for (let attempt = 0; attempt < 20 && outcome !== 'none'; attempt += 1) {
      outcome = await refusalOf(client.appendToStream('s', numbered(1), options))
    }
    expect(outcome).toBe('none')
    expect(await collect(client.readStream('s'))).toHaveLength(1)
    await first[Symbol.asyncDispose]()
    await second.stop()
  })

  it('hears that its subscription was cancelled, and can subscribe again', async () => {
    const first = await openNode()
    const { client, node } = first
    const subscription = client.subscribeToStream('s')
    const errors: unknown[] = []
    subscription.on('error', (error: unknown) => errors.push(error))
    subscription.resume()
    await once(subscription, 'caughtUp')
    await node.stop()
    await until(() => errors.length > 0)

    const second = await startNode({ file: ':memory:', port: node.port })
    const again = client.subscribeToStream('s', { fromRevision: 'end' }).on('error', () => undefined)
    again.resume()
    await once(again, 'confirmation')
    await once(again, 'caughtUp')
    expect(errors).toEqual([expect.objectContaining({ type: 'cancelled' })])
    await first[Symbol.asyncDispose]()
    await second.stop()
  })
})

describe('a client that is told the wrong thing', () => {
  it('hears unavailable where nobody listens', async () => {
    const client = connect(await deadPort())
    const attempts = [
      collect(client.readStream('s')),
      collect(client.readAll()),
      client.deleteStream('s'),
      client.appendToStream('s', numbered(1), { credentials: { username: 'a', password: 'b' } }),
    ]
    expect(await Promise.all(attempts.map(refusalOf))).toEqual(attempts.map(() => 'unavailable'))
    await client.dispose()
  })

  it('cannot speak TLS to a node without', async () => {
    await using opened = await openNode()
    const client = EventStoreDBClient.connectionString(`esdb://localhost:${opened.node.port}?tls=true`)
    expect(await refusalOf(collect(client.readStream('s')))).toBe('unavailable')
    await client.dispose()
    await opened.client.appendToStream('s', numbered(1))
  })

  it('gives up discovery after as many attempts as it was given', async () => {
    const port = await deadPort()
    const query = 'tls=false&maxDiscoverAttempts=2&discoveryInterval=10'
    const client = EventStoreDBClient.connectionString(`esdb+discover://127.0.0.1:${port}?${query}`)
    await expect(client.appendToStream('s', numbered(1))).rejects.toThrow(
      /Failed to discover after 2 attempts/,
    )
    await client.dispose()
  })

  it('skips the dead among several hosts', async () => {
    await using opened = await openNode()
    const seeds = `127.0.0.1:${await deadPort()},127.0.0.1:${opened.node.port}`
    for (const nodePreference of ['leader', 'follower', 'random', 'read_only_replica']) {
      const client = EventStoreDBClient.connectionString(
        `esdb://${seeds}?tls=false&nodePreference=${nodePreference}`,
      )
      await client.appendToStream('s', numbered(1))
      await client.dispose()
    }
    expect(await collect(opened.client.readStream('s'))).toHaveLength(4)
  })
})

describe('what a client says of itself', () => {
  it('changes nothing: its name, that it wants the leader, its keep-alive', async () => {
    await using opened = await openNode()
    const query = 'tls=false&connectionName=checkout&keepAliveInterval=10000&keepAliveTimeout=-1'
    const client = connect(opened.node.port, query)
    expect(client.connectionName).toBe('checkout')
    await client.appendToStream('s', numbered(1), { requiresLeader: true })
    await client.setStreamMetadata('s', { maxCount: 5 }, { requiresLeader: true })
    expect(await collect(client.readStream('s', { requiresLeader: true }))).toHaveLength(1)
    expect(await collect(client.readAll({ requiresLeader: true, maxCount: 1 }))).toHaveLength(1)
    await client.tombstoneStream('s', { requiresLeader: true })
    await client.dispose()
  })

  it('lets it have refusals as answers', async () => {
    await using opened = await openNode()
    const client = connect(opened.node.port, 'tls=false&throwOnAppendFailure=false')
    await client.appendToStream('s', numbered(3))
    const credentials = { username: 'a', password: 'b' }
    const expected = { expectedRevision: 7n }
    expect(await client.appendToStream('s', numbered(1), { ...expected, credentials })).toMatchObject({
      success: false,
      nextExpectedRevision: 2n,
    })
    // By BatchAppend the client mistakes "there is a revision" for the revision.
    expect(await client.appendToStream('s', numbered(1), expected)).toMatchObject({ success: false })
    await client.dispose()
  })
})

describe('a deadline', () => {
  it.each([
    { protocol: 'BatchAppend', options: {} },
    { protocol: 'Append', options: { credentials: { username: 'a', password: 'b' } } },
  ])(
    'of an append by $protocol holds until the answer, not only until the commit begins',
    async ({ options }) => {
      let pauseMs = 0
      const clock = (): number => {
        const endMs = Date.now() + pauseMs
        while (Date.now() < endMs) continue
        return Date.now()
      }
      await using opened = await openNode({ clock })
      const { client } = opened
      await client.appendToStream('s', numbered(1), options)
      pauseMs = 150
      const late = client.appendToStream('s', numbered(1), { ...options, deadline: 100 })
      expect(await refusalOf(late)).toBe('deadline-exceeded')
      pauseMs = 0
      await client.appendToStream('s', numbered(1), options)
    },
  )

  it('that the connection string sets is that of every call', async () => {
    let isSlow = false
    const clock = (): number => {
      const endMs = Date.now() + (isSlow ? 200 : 0)
      while (Date.now() < endMs) continue
      return Date.now()
    }
    await using opened = await openNode({ clock })
    const client = connect(opened.node.port, 'tls=false&defaultDeadline=150')
    await client.appendToStream('s', numbered(1))
    isSlow = true
    expect(await refusalOf(client.deleteStream('s'))).toBe('deadline-exceeded')
    expect(await refusalOf(client.tombstoneStream('t'))).toBe('deadline-exceeded')
    expect(await refusalOf(client.appendToStream('u', numbered(1)))).toBe('deadline-exceeded')
    await client.dispose()
  })
})

describe('what the node does not speak', () => {
  it('is refused at once, by gRPC and by HTTP, and harms no other call', async () => {
    await using opened = await openNode()
    const { client } = opened
    const settings = persistentSubscriptionToStreamSettingsFromDefaults()
    const attempts = [
      client.createPersistentSubscriptionToStream('s', 'group', settings),
      client.deletePersistentSubscriptionToStream('s', 'group'),
      client.listAllPersistentSubscriptions(),
      client.listPersistentSubscriptionsToStream('s'),
      client.getPersistentSubscriptionToStreamInfo('s', 'group'),
      client.restartPersistentSubscriptionSubsystem(),
      client.createProjection('p', 'fromAll()'),
      client.getProjectionStatus('p'),
      client.disableProjection('p'),
      collect(client.subscribeToPersistentSubscriptionToStream('s', 'group')),
    ]
    const refusals = await Promise.all(attempts.map(refusalOf))
    expect(refusals).not.toContain('none')
    await client.appendToStream('s', numbered(1))
    expect(await collect(client.readStream('s'))).toHaveLength(1)
  })
})
