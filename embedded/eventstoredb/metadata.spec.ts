import { describe, expect, it } from 'vitest'
import type { EventStoreDBClient, StreamMetadata } from '@eventstore/db-client'
import { jsonEvent } from '@eventstore/db-client'
import { collect, numbered, openNode } from './testing/openNode.ts'

const revisionsOf = async (client: EventStoreDBClient, stream: string) => {
  const forwards = await collect(client.readStream(stream))
  const backwards = await collect(client.readStream(stream, { direction: 'backwards', fromRevision: 'end' }))
  const revisions = forwards.map(({ event }) => Number(event?.revision))
  expect(backwards.map(({ event }) => Number(event?.revision))).toEqual(revisions.toReversed())
  return revisions
}

describe('stream metadata', () => {
  it('comes back as it was set, the custom part included', async () => {
    await using opened = await openNode()
    const { client } = opened
    const metadata = {
      maxCount: 10,
      maxAge: 3_600,
      truncateBefore: 2,
      cacheControl: 60,
      acl: { readRoles: ['$admins'] },
      purpose: 'a spec',
    }
    expect(await client.getStreamMetadata('s')).toEqual({ streamName: 's' })
    await client.setStreamMetadata('s', metadata, { expectedRevision: 'no_stream' })
    const read = await client.getStreamMetadata('s')
    expect(read.metadata).toEqual(metadata)
    await client.setStreamMetadata('s', { maxCount: 3 }, { expectedRevision: 0n })
    expect((await client.getStreamMetadata('s')).metadata).toEqual({ maxCount: 3 })
  })

  it('hides all but the newest $maxCount events from stream reads but not from $all', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.setStreamMetadata('s', { maxCount: 2 })
    await client.appendToStream('s', numbered(5))
    expect(await revisionsOf(client, 's')).toEqual([3, 4])
    await client.appendToStream('s', numbered(1))
    expect(await revisionsOf(client, 's')).toEqual([4, 5])
    const all = await collect(client.readAll())
    expect(all.filter(({ event }) => event?.streamId === 's')).toHaveLength(6)
  })

  it('hides what lies before $tb', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(5))
    await client.setStreamMetadata('s', { truncateBefore: 3 })
    expect(await revisionsOf(client, 's')).toEqual([3, 4])
    expect(
      (await collect(client.readStream('s', { fromRevision: 1n, maxCount: 1 })))[0]?.event?.revision,
    ).toBe(3n)
    await client.setStreamMetadata('s', { truncateBefore: 9 })
    expect(await revisionsOf(client, 's')).toEqual([])
  })

  it('hides what is older than $maxAge by the clock of the node', async () => {
    let nowMs = 1_800_000_000_000
    await using opened = await openNode({ clock: () => nowMs })
    const { client } = opened
    await client.setStreamMetadata('s', { maxAge: 60 })
    await client.appendToStream('s', numbered(2))
    nowMs += 40_000
    await client.appendToStream('s', numbered(1))
    expect(await revisionsOf(client, 's')).toEqual([0, 1, 2])
    nowMs += 21_000
    expect(await revisionsOf(client, 's')).toEqual([2])
    nowMs += 60_000
    expect(await revisionsOf(client, 's')).toEqual([])
    await client.appendToStream('s', numbered(1), { expectedRevision: 2n })
    expect(await revisionsOf(client, 's')).toEqual([3])
  })

  it('that is no valid metadata hides nothing', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(3))
    await client.setStreamMetadata('s', { maxCount: -1, truncateBefore: 2 })
    expect(await revisionsOf(client, 's')).toEqual([0, 1, 2])
  })

  it.each([
    { acl: { metaWriteRoles: ['$ops'] } },
    { acl: { readRoles: ['$admins'], writeRoles: ['ouro'], deleteRoles: [], metaReadRoles: ['$all'] } },
  ] satisfies { acl: NonNullable<StreamMetadata['acl']> }[])(
    'may have the access list $acl, which stops nobody on a node without TLS',
    async ({ acl }) => {
      await using opened = await openNode()
      const { client } = opened
      await client.appendToStream('s', numbered(2))
      await client.setStreamMetadata('s', { acl })
      expect((await client.getStreamMetadata('s')).metadata).toEqual({ acl })
      await client.appendToStream('s', numbered(1))
      expect(await revisionsOf(client, 's')).toEqual([0, 1, 2])
      await client.setStreamMetadata('s', {})
      expect((await client.getStreamMetadata('s')).metadata).toEqual({})
    },
  )

  it('says where its last version lies, and is refused on a wrong revision of its own', async () => {
    await using opened = await openNode()
    const { client } = opened
    const first = await client.setStreamMetadata('s', { maxCount: 7 })
    expect(first.nextExpectedRevision).toBe(0n)
    const read = await client.getStreamMetadata('s')
    // The client calls it a revision, but it is the commit position.
    expect(read.metastreamRevision).toBe(first.position?.commit)
    const wrong = client.setStreamMetadata('s', { maxCount: 8 }, { expectedRevision: 'no_stream' })
    await expect(wrong).rejects.toMatchObject({ type: 'wrong-expected-version', streamName: '$$s' })
    await client.setStreamMetadata('s', { maxCount: 8 }, { expectedRevision: 'stream_exists' })
    expect((await client.getStreamMetadata('s')).metadata).toEqual({ maxCount: 8 })
  })

  it('may be set before the stream exists, may be read as a stream, and leaves that not found', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.setStreamMetadata('later', { maxCount: 2 })
    await expect(collect(client.readStream('later'))).rejects.toMatchObject({ type: 'stream-not-found' })
    const [entry] = await collect(client.readStream('$$later'))
    expect(entry?.event).toMatchObject({ type: '$metadata', isJson: true, data: { $maxCount: 2 } })
    await client.appendToStream('later', numbered(4), { expectedRevision: 'no_stream' })
    expect(await revisionsOf(client, 'later')).toEqual([2, 3])
  })

  it('may be appended to the metastream directly, and counts at once', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(4))
    await client.appendToStream('$$s', jsonEvent({ type: '$metadata', data: { $tb: 2, mine: [1] } }))
    expect(await revisionsOf(client, 's')).toEqual([2, 3])
    expect((await client.getStreamMetadata('s')).metadata).toEqual({ truncateBefore: 2, mine: [1] })
  })

  it('keeps only its own last version visible', async () => {
    await using opened = await openNode()
    const { client } = opened
    for (const maxCount of [1, 2, 3]) await client.setStreamMetadata('s', { maxCount })
    const versions = await collect(client.readStream('$$s'))
    expect(versions.map(({ event }) => [event?.revision, event?.type])).toEqual([[2n, '$metadata']])
  })
})

describe('a soft delete', () => {
  it('makes the stream not found until somebody writes again, with the old events hidden for good', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(3))
    await client.deleteStream('s', { expectedRevision: 2n })
    await expect(collect(client.readStream('s'))).rejects.toMatchObject({ type: 'stream-not-found' })

    const answer = await client.appendToStream('s', numbered(2), { expectedRevision: 'no_stream' })
    expect(answer.nextExpectedRevision).toBe(4n)
    expect(await revisionsOf(client, 's')).toEqual([3, 4])
    await client.appendToStream('s', numbered(1), { expectedRevision: 4n })
    expect(await revisionsOf(client, 's')).toEqual([3, 4, 5])
    expect((await client.getStreamMetadata('s')).metadata).toEqual({ truncateBefore: 3 })
  })

  it.each([{ expected: 'any' }, { expected: 2n }] as const)(
    'can be followed by a write that expects $expected',
    async ({ expected }) => {
      await using opened = await openNode()
      const { client } = opened
      await client.appendToStream('s', numbered(3))
      await client.deleteStream('s')
      await client.appendToStream('s', numbered(1), { expectedRevision: expected })
      expect(await revisionsOf(client, 's')).toEqual([3])
    },
  )

  it('is not undone by new metadata', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(3))
    await client.deleteStream('s')
    await client.setStreamMetadata('s', { maxCount: 100, purpose: 'again' })
    expect(await revisionsOf(client, 's')).toEqual([])
    await client.appendToStream('s', numbered(1))
    expect(await revisionsOf(client, 's')).toEqual([3])
    expect((await client.getStreamMetadata('s')).metadata).toEqual({
      maxCount: 100,
      purpose: 'again',
      truncateBefore: 3,
    })
  })

  it('refuses what never existed, a wrong revision, and a write to what must exist', async () => {
    await using opened = await openNode()
    const { client } = opened
    await expect(client.deleteStream('never')).rejects.toMatchObject({
      type: 'wrong-expected-version',
      streamName: 'never',
      actualVersion: 'no_stream',
    })
    await client.appendToStream('s', numbered(3))
    await expect(client.deleteStream('s', { expectedRevision: 1n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 1n,
      actualVersion: 2n,
    })
    await client.deleteStream('s')
    const mustExist = client.appendToStream('s', numbered(1), { expectedRevision: 'stream_exists' })
    await expect(mustExist).rejects.toMatchObject({ type: 'stream-deleted', streamName: 's' })
  })
})

describe('a tombstone', () => {
  it('closes the stream for everything, for ever', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(3))
    const { position } = await client.tombstoneStream('s', { expectedRevision: 2n })
    const deleted = { type: 'stream-deleted', streamName: 's' }

    await expect(client.appendToStream('s', numbered(1))).rejects.toMatchObject(deleted)
    const credentials = { username: 'a', password: 'b' }
    await expect(client.appendToStream('s', numbered(1), { credentials })).rejects.toMatchObject(deleted)
    await expect(
      client.appendToStream('s', numbered(1), { expectedRevision: 'no_stream' }),
    ).rejects.toMatchObject(deleted)
    await expect(collect(client.readStream('s'))).rejects.toMatchObject(deleted)
    await expect(client.deleteStream('s')).rejects.toMatchObject(deleted)
    await expect(client.tombstoneStream('s')).rejects.toMatchObject(deleted)
    await expect(client.setStreamMetadata('s', { maxCount: 1 })).rejects.toMatchObject({
      type: 'stream-deleted',
    })
    await expect(collect(client.subscribeToStream('s'))).rejects.toMatchObject(deleted)
    await expect(client.getStreamMetadata('s')).rejects.toMatchObject({ type: 'stream-deleted' })
    await expect(collect(client.subscribeToStream('$$s'))).rejects.toMatchObject({ type: 'stream-deleted' })

    const all = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
    expect(all[0]?.event).toMatchObject({
      type: '$streamDeleted',
      streamId: 's',
      revision: 9_223_372_036_854_775_807n,
      position,
    })
  })

  it('may be set where nothing was, and not on a wrong revision', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.tombstoneStream('never', { expectedRevision: 'no_stream' })
    await expect(client.appendToStream('never', numbered(1))).rejects.toMatchObject({
      type: 'stream-deleted',
    })
    await client.appendToStream('s', numbered(2))
    await expect(client.tombstoneStream('s', { expectedRevision: 7n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 1n,
    })
  })
})
