import { EventStoreDBClient as Client, jsonEvent } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import type { EventStoreDBClient } from '@eventstore/db-client'
import { collect, numbered, numberOf, openNode, refusalOf } from './testing/openNode.ts'

type StreamOptions = NonNullable<Parameters<EventStoreDBClient['readStream']>[1]>

describe('reading a stream', () => {
  it.each([
    { options: {}, revisions: [0, 1, 2, 3, 4] },
    { options: { maxCount: 2 }, revisions: [0, 1] },
    { options: { maxCount: 5 }, revisions: [0, 1, 2, 3, 4] },
    { options: { maxCount: 0 }, revisions: [] },
    { options: { maxCount: 0, direction: 'backwards', fromRevision: 'end' }, revisions: [] },
    { options: { fromRevision: 4n }, revisions: [4] },
    { options: { fromRevision: 0n, direction: 'backwards' }, revisions: [0] },
    { options: { fromRevision: 3n }, revisions: [3, 4] },
    { options: { fromRevision: 3n, maxCount: 1 }, revisions: [3] },
    { options: { fromRevision: 5n }, revisions: [] },
    { options: { fromRevision: 0xffff_ffff_ffff_ffffn }, revisions: [] },
    { options: { fromRevision: 'end' }, revisions: [] },
    { options: { direction: 'backwards', fromRevision: 'end' }, revisions: [4, 3, 2, 1, 0] },
    { options: { direction: 'backwards', fromRevision: 'end', maxCount: 2 }, revisions: [4, 3] },
    { options: { direction: 'backwards', fromRevision: 2n }, revisions: [2, 1, 0] },
    { options: { direction: 'backwards', fromRevision: 99n }, revisions: [4, 3, 2, 1, 0] },
    { options: { direction: 'backwards', fromRevision: 'start' }, revisions: [0] },
  ] satisfies { options: StreamOptions; revisions: number[] }[])(
    'with $options yields $revisions',
    async ({ options, revisions }) => {
      await using opened = await openNode()
      const { client } = opened
      await client.appendToStream('s', numbered(5))
      await client.appendToStream('other', numbered(3))
      const events = await collect(client.readStream('s', options))
      expect(events.map(({ event }) => Number(event?.revision))).toEqual(revisions)
      expect(events.every(({ event }) => event?.streamId === 's')).toBe(true)
    },
  )

  it('crosses pages without losing or doubling an event', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(1_500))
    const forwards = await collect(client.readStream('s'))
    const backwards = await collect(client.readStream('s', { direction: 'backwards', fromRevision: 'end' }))
    const expected = Array.from({ length: 1_500 }, (_, index) => index)
    expect(forwards.map(({ event }) => Number(event?.revision))).toEqual(expected)
    expect(backwards.map(({ event }) => Number(event?.revision))).toEqual(expected.toReversed())
  })

  it('that never existed says stream-not-found with its name', async () => {
    await using opened = await openNode()
    const attempt = collect(opened.client.readStream('どこにも-ない'))
    await expect(attempt).rejects.toMatchObject({ type: 'stream-not-found', streamName: 'どこにも-ない' })
  })

  it('ends although writers go on', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(600))
    let seen = 0
    for await (const { event } of client.readStream('s')) {
      expect(event?.revision).toBe(BigInt(seen))
      seen += 1
      if (seen % 50 === 0) await client.appendToStream('s', numbered(10))
    }
    expect(seen).toBe(600)
  })

  it('can be left early without harm to the next read', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(1_000))
    for (let round = 0; round < 5; round += 1) {
      for await (const { event } of client.readStream('s')) if (event?.revision === 3n) break
    }
    expect(await collect(client.readStream('s'))).toHaveLength(1_000)
  })
})

describe('reading $all', () => {
  it('goes through every stream in the order of commits, events of the system among them', async () => {
    await using opened = await openNode()
    const { client } = opened
    for (let round = 0; round < 10; round += 1)
      await client.appendToStream(`s-${round % 3}`, numbered(1, 'T', round))
    const events = await collect(client.readAll())
    const own = events.filter(({ event }) => event?.streamId.startsWith('s-') === true)
    expect(own.map(numberOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(events.some(({ event }) => event?.type.startsWith('$') === true)).toBe(true)

    const positions = events.map(({ event }) => event?.position?.commit ?? 0n)
    expect(positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0n))).toBe(
      true,
    )
    // A reader that adds one to a position must fail here and not only in production.
    expect(positions.every((position) => !positions.includes(position + 1n))).toBe(true)
  })

  it('includes the given position forwards and excludes it backwards', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(5))
    const events = await collect(client.readAll())
    const third = events.find(({ event }) => event?.revision === 2n && event.streamId === 's')?.event
    if (third?.position === undefined) throw new Error('the third event has a position')
    const ofStream = async (direction: 'forwards' | 'backwards', maxCount = 1_000) => {
      const read = client.readAll({ fromPosition: third.position ?? 'start', direction, maxCount })
      const found = await collect(read)
      return found.filter(({ event }) => event?.streamId === 's').map(({ event }) => Number(event?.revision))
    }
    expect(await ofStream('forwards')).toEqual([2, 3, 4])
    expect(await ofStream('forwards', 2)).toEqual([2, 3])
    expect(await ofStream('backwards')).toEqual([1, 0])
    expect(await ofStream('backwards', 1)).toEqual([1])
  })

  it('stops at its count, and knows nothing beyond its end', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(300))
    expect(await collect(client.readAll({ maxCount: 0 }))).toEqual([])
    expect(await collect(client.readAll({ maxCount: 257 }))).toHaveLength(257)
    const newest = await collect(client.readAll({ maxCount: 3, direction: 'backwards', fromPosition: 'end' }))
    expect(newest.map(numberOf)).toEqual([299, 298, 297])
    const farAway = { commit: 2n ** 62n, prepare: 2n ** 62n }
    expect(await collect(client.readAll({ fromPosition: farAway }))).toEqual([])
    const back = client.readAll({ fromPosition: farAway, direction: 'backwards', maxCount: 1 })
    expect((await collect(back)).map(numberOf)).toEqual([299])
  })

  it('from the end yields nothing forwards and everything backwards', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(700))
    expect(await collect(client.readAll({ fromPosition: 'end' }))).toEqual([])
    const backwards = await collect(client.readAll({ fromPosition: 'end', direction: 'backwards' }))
    const forwards = await collect(client.readAll())
    expect(backwards.map(({ event }) => event?.id)).toEqual(
      forwards.map(({ event }) => event?.id).toReversed(),
    )
    expect(await collect(client.readAll({ fromPosition: 'start', direction: 'backwards' }))).toEqual([])
  })
})

describe('a slow reader', () => {
  it('costs the node a page of memory, not the whole stream', async () => {
    await using opened = await openNode()
    const { client, node } = opened
    const text = 'x'.repeat(100_000)
    for (let index = 0; index < 20; index += 1) {
      const events = numbered(10, 'Much', index * 10)
      await client.appendToStream(
        'much',
        events.map((event) => ({ ...event, data: { ...event.data, text } })),
      )
    }
    const stalled = Client.connectionString(node.connectionString)
    const before = process.memoryUsage().arrayBuffers
    // Ten readers of 20 MB who take the first event and then nothing for a while.
    const reads = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const events = stalled.readStream('much')[Symbol.asyncIterator]()
        await events.next()
        return events
      }),
    )
    let highest = 0
    for (let round = 0; round < 30; round += 1) {
      await client.appendToStream('other', numbered(1))
      highest = Math.max(highest, process.memoryUsage().arrayBuffers - before)
    }
    expect(highest).toBeLessThan(160 * 1024 * 1024)
    // None of them has missed anything meanwhile.
    const rest = await Promise.all(reads.slice(0, 1).map(async (events) => collect(events)))
    expect(rest.map((events) => events.length)).toEqual([199])
    await Promise.all(reads.map(async (events) => events.return?.()))
    await stalled.dispose()
  })
})

describe('links', () => {
  it('are resolved on request only, and stay visible when their target is gone', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('target', numbered(2))
    const link = (data: string) => ({ ...jsonEvent({ type: '$>', data: {} }), data })
    const asBinary = ['1@target', '7@target', 'nonsense'].map((text) => ({
      ...link(text),
      contentType: 'application/octet-stream' as const,
      data: Buffer.from(text),
    }))
    await client.appendToStream('links', asBinary)

    const plain = await collect(client.readStream('links'))
    expect(plain.map(({ event, link: via }) => [event?.type, via])).toEqual([
      ['$>', undefined],
      ['$>', undefined],
      ['$>', undefined],
    ])
    const resolved = await collect(client.readStream('links', { resolveLinkTos: true }))
    expect(resolved.map(({ event }) => event && [event.streamId, event.revision])).toEqual([
      ['target', 1n],
      undefined,
      undefined,
    ])
    expect(resolved.map((one) => one.link?.revision)).toEqual([0n, 1n, 2n])

    await client.setStreamMetadata('target', { truncateBefore: 2 })
    const [truncated] = await collect(client.readStream('links', { resolveLinkTos: true }))
    expect([truncated?.event, truncated?.link?.revision]).toEqual([undefined, 0n])
    await client.setStreamMetadata('target', { maxCount: 2 })
    const [back] = await collect(client.readAll({ resolveLinkTos: true }).filter((one) => 'link' in one))
    expect(back?.event).toMatchObject({ streamId: 'target', revision: 1n })

    await client.deleteStream('target')
    const [first] = await collect(client.readStream('links', { resolveLinkTos: true }))
    expect(first?.event).toBeUndefined()
  })
})

describe('what the node does not speak', () => {
  it('is answered with unimplemented and never faked', async () => {
    await using opened = await openNode()
    const { client } = opened
    const projection = client.createProjection('p', 'fromAll()').catch((error: unknown) => error)
    expect(await projection).toMatchObject({ code: 12 })
    expect(await refusalOf(client.listProjections())).not.toBe('none')
  })
})
