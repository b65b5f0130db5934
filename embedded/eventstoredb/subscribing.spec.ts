import type { AllStreamSubscription, EventStoreDBClient, Position } from '@eventstore/db-client'
import { binaryEvent, eventTypeFilter, excludeSystemEvents, streamNameFilter } from '@eventstore/db-client'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { numbered, numberOf, openNode, refusalOf, until } from './testing/openNode.ts'

/** Listens to a subscription and keeps what it says; errors are kept, too, so none goes unhandled. */
const listen = (
  subscription: AllStreamSubscription | ReturnType<EventStoreDBClient['subscribeToStream']>,
) => {
  const heard = { numbers: [] as number[], streams: [] as string[], types: [] as string[], caughtUp: 0 }
  const errors: unknown[] = []
  subscription.on('data', (resolved) => {
    heard.types.push(resolved.event?.type ?? '')
    heard.streams.push(resolved.event?.streamId ?? '')
    if (!Number.isNaN(numberOf(resolved))) heard.numbers.push(numberOf(resolved))
  })
  subscription.on('caughtUp', () => {
    heard.caughtUp += 1
  })
  subscription.on('error', (error: unknown) => errors.push(error))
  return Object.assign(heard, { errors })
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

describe('a subscription to a stream', () => {
  it('confirms, delivers what is there, says caught-up, and goes on live', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(600))
    const subscription = client.subscribeToStream('s')
    const heard = listen(subscription)
    await once(subscription, 'confirmation')
    await until(() => heard.caughtUp > 0)
    expect(heard.numbers).toEqual(upTo(600))
    await client.appendToStream('other', numbered(3, 'Other', 9_000))
    await client.appendToStream('s', numbered(10, 'Live', 600))
    await until(() => heard.numbers.length >= 610)
    expect(heard.numbers).toEqual(upTo(610))
    expect(new Set(heard.streams)).toEqual(new Set(['s']))
    expect(typeof subscription.id).toBe('string')
  })

  it.each([
    { from: 'start', expected: [0, 1, 2, 3, 4, 5] },
    { from: 2n, expected: [3, 4, 5] },
    { from: 'end', expected: [5] },
  ] as const)('from $from hears $expected', async ({ from, expected }) => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(5))
    const subscription = client.subscribeToStream('s', { fromRevision: from })
    const heard = listen(subscription)
    await until(() => heard.caughtUp > 0)
    await client.appendToStream('s', numbered(1, 'Live', 5))
    await until(() => heard.numbers.includes(5))
    expect(heard.numbers).toEqual(expected)
  })

  it('waits for a stream that does not exist yet', async () => {
    await using opened = await openNode()
    const { client } = opened
    const heard = listen(client.subscribeToStream('later'))
    await until(() => heard.caughtUp > 0)
    await client.appendToStream('later', numbered(2))
    await until(() => heard.numbers.length === 2)
    expect(heard.errors).toEqual([])
  })

  it('from a revision that is not there yet hears nothing up to it', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(5))
    const heard = listen(client.subscribeToStream('s', { fromRevision: 6n }))
    const fromLast = listen(client.subscribeToStream('s', { fromRevision: 4n }))
    await until(() => heard.caughtUp > 0 && fromLast.caughtUp > 0)
    await client.appendToStream('s', numbered(2, 'Live', 5))
    await client.appendToStream('s', numbered(2, 'Live', 7))
    await until(() => heard.numbers.length >= 2 && fromLast.numbers.length >= 4)
    expect(heard.numbers).toEqual([7, 8])
    expect(fromLast.numbers).toEqual([5, 6, 7, 8])
  })

  it('says caught-up only behind everything that was there when it began', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(1_500))
    const heardBefore: number[] = []
    const sources = [
      client.subscribeToStream('s'),
      client.subscribeToAll(),
      client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['s'] }) }),
    ]
    for (const subscription of sources) {
      const heard = listen(subscription)
      subscription.once('caughtUp', () => heardBefore.push(heard.numbers.length))
    }
    await until(() => heardBefore.length === 3)
    // The client announces it from the transform, at most its own buffer ahead of the last events.
    expect(Math.min(...heardBefore)).toBeGreaterThan(1_500 - 64)
  })

  it('resolves links on request, caught up or live', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('target', numbered(2))
    const linkTo = (revision: number) => binaryEvent({ type: '$>', data: Buffer.from(`${revision}@target`) })
    await client.appendToStream('links', linkTo(0))
    const heard = listen(client.subscribeToStream('links', { resolveLinkTos: true }))
    await until(() => heard.caughtUp > 0)
    await client.appendToStream('links', linkTo(1))
    await until(() => heard.numbers.length >= 2)
    expect(heard.numbers).toEqual([0, 1])
    expect(heard.streams).toEqual(['target', 'target'])
  })

  it('shows nothing of what a soft delete has hidden, and what comes after', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(3))
    await client.deleteStream('s')
    const before = listen(client.subscribeToStream('s'))
    await until(() => before.caughtUp > 0)
    await client.appendToStream('s', numbered(2, 'New', 3))
    const after = listen(client.subscribeToStream('s'))
    await until(() => before.numbers.length >= 2 && after.caughtUp > 0)
    expect(before.numbers).toEqual([3, 4])
    expect(after.numbers).toEqual([3, 4])
  })

  it('ends with stream-deleted when the stream is tombstoned', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(1))
    const heard = listen(client.subscribeToStream('s'))
    await until(() => heard.caughtUp > 0)
    await client.tombstoneStream('s')
    await until(() => heard.errors.length > 0)
    expect(heard.errors).toEqual([expect.objectContaining({ type: 'stream-deleted', streamName: 's' })])
  })

  it('stops when the subscriber leaves', async () => {
    await using opened = await openNode()
    const { client } = opened
    const subscription = client.subscribeToStream('s')
    const heard = listen(subscription)
    await until(() => heard.caughtUp > 0)
    await subscription.unsubscribe()
    await client.appendToStream('s', numbered(5))
    expect(heard.numbers).toEqual([])
    expect(heard.errors).toEqual([])
  })
})

describe('a subscription to $all', () => {
  it('hears every event once, in order, however its start falls among the appends', async () => {
    await using opened = await openNode()
    const { client } = opened
    const total = 800
    const subscriptions: ReturnType<typeof listen>[] = []
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let index = 0; index < total / 4; index += 1) {
        await client.appendToStream(`hammer-${writer}-${index % 9}`, numbered(1, 'Hammered', index))
        // New subscribers arrive in the middle of the writing, both kinds from the start.
        if (index % 20 !== writer) continue
        subscriptions.push(
          listen(client.subscribeToAll({ filter: eventTypeFilter({ prefixes: ['Hammered'] }) })),
        )
        subscriptions.push(listen(client.subscribeToAll({ filter: excludeSystemEvents() })))
      }
    })
    await Promise.all(writers)
    expect(subscriptions.length).toBeGreaterThanOrEqual(40)
    for (const heard of subscriptions) {
      await until(() => heard.numbers.length >= total)
      expect(heard.numbers).toHaveLength(total)
      for (let writer = 0; writer < 4; writer += 1) {
        const own = heard.numbers.filter((_, index) => heard.streams[index]?.startsWith(`hammer-${writer}-`))
        expect(own).toEqual(upTo(total / 4))
      }
    }
  })

  it('from a position hears what comes after it', async () => {
    await using opened = await openNode()
    const { client } = opened
    const { position } = await client.appendToStream('s', numbered(3))
    if (position === undefined) throw new Error('an append has a position')
    const after = listen(client.subscribeToAll({ fromPosition: position }))
    const live = listen(client.subscribeToAll({ fromPosition: 'end' }))
    const everything = listen(client.subscribeToAll())
    await until(() => after.caughtUp > 0 && live.caughtUp > 0 && everything.caughtUp > 0)
    await client.appendToStream('s', numbered(2, 'Live', 3))
    await until(() => after.numbers.length >= 2 && live.numbers.length >= 2 && everything.numbers.length >= 5)
    expect(after.numbers).toEqual([3, 4])
    expect(live.numbers).toEqual([3, 4])
    expect(everything.numbers).toEqual(upTo(5))
    expect(everything.types.some((type) => type.startsWith('$'))).toBe(true)
  })

  it.each([
    { name: 'stream prefixes', filter: streamNameFilter({ prefixes: ['a-', 'c-'] }), hears: ['a-1', 'c-1'] },
    { name: 'a stream regex', filter: streamNameFilter({ regex: '^[bc]-' }), hears: ['b-1', 'c-1'] },
    { name: 'type prefixes', filter: eventTypeFilter({ prefixes: ['Of-b'] }), hears: ['b-1'] },
    { name: 'a type regex', filter: eventTypeFilter({ regex: '-(a|b)$' }), hears: ['a-1', 'b-1'] },
    { name: 'no system events', filter: excludeSystemEvents(), hears: ['a-1', 'b-1', 'c-1'] },
  ])('filters by $name, caught up or live', async ({ filter, hears }) => {
    await using opened = await openNode()
    const { client } = opened
    const write = async () => {
      for (const name of ['a', 'b', 'c']) await client.appendToStream(`${name}-1`, numbered(1, `Of-${name}`))
      await client.setStreamMetadata('a-1', { cacheControl: 1 })
    }
    await write()
    const heard = listen(client.subscribeToAll({ filter }))
    await until(() => heard.caughtUp > 0)
    expect(heard.streams).toEqual(hears)
    await write()
    await until(() => heard.streams.length >= 2 * hears.length)
    expect(heard.streams).toEqual([...hears, ...hears])
  })

  it('refuses a filter that is no regular expression', async () => {
    await using opened = await openNode()
    const subscription = opened.client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) })
    const heard = listen(subscription)
    await until(() => heard.errors.length > 0)
    expect(heard.errors).toEqual([expect.objectContaining({ code: 3 })])
  })

  it('gets checkpoints that advance although nothing matches, and one on becoming live', async () => {
    await using opened = await openNode()
    const { client } = opened
    const first = await client.appendToStream('noise', numbered(100))
    const checkpoints: Position[] = []
    const filter = streamNameFilter({
      prefixes: ['never-'],
      maxSearchWindow: 5,
      checkpointInterval: 2,
      checkpointReached: async (_subscription, position) => {
        checkpoints.push(position)
      },
    })
    const heard = listen(client.subscribeToAll({ filter }))
    await until(() => heard.caughtUp > 0)
    // One for every ten of the 101 events, and the one that says where live begins.
    expect(checkpoints).toHaveLength(11)
    expect(checkpoints.at(-1)).toEqual(first.position)

    const second = await client.appendToStream('noise', numbered(10))
    await until(() => checkpoints.length >= 12)
    expect(checkpoints.at(-1)).toEqual(second.position)
    const commits = checkpoints.map(({ commit }) => commit)
    expect(commits).toEqual(commits.toSorted((a, b) => Number(a - b)))
    expect(heard.numbers).toEqual([])
  })

  it('uses a window of 32 where the client names none', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('noise', numbered(96))
    let checkpoints = 0
    const checkpointReached = async () => {
      checkpoints += 1
    }
    const heard = listen(
      client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['never-'], checkpointReached }) }),
    )
    await until(() => heard.caughtUp > 0)
    expect(checkpoints).toBe(Math.floor(97 / 32) + 1)
  })
})

describe('a slow subscriber', () => {
  it('loses nothing, holds up nobody, and falls back to the file', async () => {
    await using opened = await openNode()
    const { client } = opened
    const slow = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['s-'] }) })
    const heard: number[] = []
    let fellBehind = 0
    slow.on('fellBehind', () => {
      fellBehind += 1
    })
    await once(slow, 'caughtUp')
    const quick = listen(client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['s-'] }) }))
    // Far more than the tail in memory keeps, while the slow one reads nothing at all.
    const total = 12_000
    const text = 'x'.repeat(600)
    for (let from = 0; from < total; from += 400) {
      const events = numbered(400, 'Much', from)
      await client.appendToStream(
        's-1',
        events.map((event) => ({ ...event, data: { ...event.data, text } })),
      )
    }
    await until(() => quick.numbers.length === total, 30_000)
    for await (const resolved of slow) {
      heard.push(numberOf(resolved))
      if (heard.length === total) break
    }
    expect(heard).toEqual(upTo(total))
    expect(fellBehind).toBeGreaterThan(0)
  })
})

describe('stopping the node', () => {
  it('ends open subscriptions as cancelled and later calls as unavailable', async () => {
    const opened = await openNode()
    const { client, node } = opened
    const toAll = listen(client.subscribeToAll())
    const toStream = listen(client.subscribeToStream('s'))
    await client.appendToStream('s', numbered(1))
    await until(() => toAll.caughtUp > 0 && toStream.numbers.length === 1)
    await node.stop()
    await until(() => toAll.errors.length > 0 && toStream.errors.length > 0)
    expect(toAll.errors).toEqual([expect.objectContaining({ type: 'cancelled' })])
    expect(toStream.errors).toEqual([expect.objectContaining({ type: 'cancelled' })])
    // The client asks for the server's features first, and passes that call's raw error on.
    await expect(client.appendToStream('s', numbered(1))).rejects.toMatchObject({ code: 14 })
    await opened[Symbol.asyncDispose]()
  })

  it('answers or refuses every append that was under way', async () => {
    const opened = await openNode()
    const { client, node } = opened
    await client.appendToStream('s', numbered(1))
    const attempts = Array.from({ length: 200 }, async () =>
      refusalOf(client.appendToStream('s', numbered(1))),
    )
    await node.stop()
    const outcomes = await Promise.all(attempts)
    expect(outcomes.every((outcome) => ['none', 'unavailable', 'cancelled'].includes(outcome))).toBe(true)
    await opened[Symbol.asyncDispose]()
  })
})
