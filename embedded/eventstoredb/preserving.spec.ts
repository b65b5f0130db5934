import { binaryEvent, jsonEvent } from '@eventstore/db-client'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { collect, numbered, openNode } from './testing/openNode.ts'

type JsonCase = { readonly what: string; readonly data: Record<string, unknown> | unknown[] }

const bytesOf = (value: unknown): Buffer | undefined =>
  value instanceof Uint8Array ? Buffer.from(value) : undefined

const protocols = [
  { protocol: 'BatchAppend', options: {} },
  { protocol: 'Append', options: { credentials: { username: 'anybody', password: 'at all' } } },
]

describe.each(protocols)('an event that came by $protocol', ({ options }) => {
  it.each([
    { what: 'an object', data: { a: [1, { b: null }], c: '¥ 1,000 🍣' } },
    { what: 'a list', data: [1, 'two', null] },
    { what: 'nothing in it', data: {} },
    { what: 'great integers', data: { amount: Number.MAX_SAFE_INTEGER, negative: -1 } },
  ] satisfies JsonCase[])('keeps $what as JSON', async ({ data }) => {
    await using opened = await openNode()
    const { client } = opened
    const metadata = { $correlationId: 'c-1', $traceId: '0af7651916cd43dd', $spanId: 'b7ad6b7169203331' }
    await client.appendToStream('s', jsonEvent({ type: 'T', data, metadata }), options)
    const [read] = await collect(client.readStream('s'))
    expect(read?.event).toMatchObject({ isJson: true, data, metadata })
  })

  it.each([
    { what: 'every byte', data: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
    { what: 'no byte', data: new Uint8Array() },
    { what: 'bytes that are no text', data: new Uint8Array([0xff, 0xfe, 0xc0, 0x80]) },
    { what: 'a million bytes', data: new Uint8Array(1_000_000).fill(0xa5) },
  ])('keeps $what as they are, with metadata in bytes', async ({ data }) => {
    await using opened = await openNode()
    const { client } = opened
    // Not JSON, so that the client cannot read it as anything but bytes.
    const metadata = new Uint8Array([0, 1, 2, 0xff])
    await client.appendToStream('s', binaryEvent({ type: 'Bytes', data, metadata }), options)
    const [read] = await collect(client.readStream('s'))
    expect(read?.event).toMatchObject({ isJson: false, type: 'Bytes' })
    expect(bytesOf(read?.event?.data)?.equals(data)).toBe(true)
    expect(bytesOf(read?.event?.metadata)?.equals(metadata)).toBe(true)
  })

  it('has no metadata if it had none, whatever its neighbours have', async () => {
    await using opened = await openNode()
    const { client } = opened
    const events = [
      jsonEvent({ type: 'A', data: {} }),
      jsonEvent({ type: 'B', data: {}, metadata: { of: 'B' } }),
      binaryEvent({ type: 'C', data: new Uint8Array([1]) }),
      binaryEvent({ type: 'D', data: new Uint8Array([1]), metadata: { of: 'D' } }),
    ]
    await client.appendToStream('s', events, options)
    const read = await collect(client.readStream('s'))
    expect(read.map(({ event }) => [event?.type, event?.isJson, event?.metadata])).toEqual([
      ['A', true, undefined],
      ['B', true, { of: 'B' }],
      ['C', false, undefined],
      ['D', false, { of: 'D' }],
    ])
    expect(read.map(({ event }) => event?.id)).toEqual(events.map(({ id }) => id))
  })

  it.each([
    '注文-１２３',
    'with blanks and / slashes',
    'at@sign',
    'ends-with-',
    '"quoted" {and} \\ such',
    'x'.repeat(1_000),
    '$user-made-system-stream',
    'CASE',
    'case',
  ])('is found in the stream %s', async (stream) => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream(stream, numbered(2, `型/${stream}`), options)
    await client.appendToStream(`${stream} `, numbered(3), options)
    const events = await collect(client.readStream(stream))
    expect(events.map(({ event }) => [event?.streamId, event?.type])).toEqual([
      [stream, `型/${stream}`],
      [stream, `型/${stream}`],
    ])
  })

  it('has its id in lower case, as a GUID has, and is the same event in upper case', async () => {
    await using opened = await openNode()
    const { client } = opened
    const id = '0F8FAD5B-D9CB-469F-A165-70867728950E'
    const event = jsonEvent({ id, type: 'T', data: {} })
    await client.appendToStream('s', event, { ...options, expectedRevision: 'no_stream' })
    await client.appendToStream(
      's',
      { ...event, id: id.toLowerCase() },
      { ...options, expectedRevision: 'no_stream' },
    )
    const read = await collect(client.readStream('s'))
    expect(read.map((one) => one.event?.id)).toEqual([id.toLowerCase()])
  })

  it('has the same place, time and content however it is read', async () => {
    await using opened = await openNode({ clock: () => 1_700_000_000_987 })
    const { client } = opened
    const { position } = await client.appendToStream('s', numbered(1), options)
    const [byStream] = await collect(client.readStream('s'))
    const [byAll] = await collect(
      client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
    )
    const subscribed: unknown[] = []
    for await (const resolved of client.subscribeToStream('s')) {
      subscribed.push(resolved)
      break
    }
    expect(byAll).toEqual(byStream)
    expect(subscribed).toEqual([byStream])
    expect(byStream?.event).toMatchObject({ position, created: new Date(1_700_000_000_987) })
    expect(byStream?.commitPosition).toBe(position?.commit)
  })
})
