import { binaryEvent, jsonEvent, WrongExpectedVersionError } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { collect, numbered, openNode, refusalOf } from './testing/openNode.ts'

/** Credentials make the client use Append instead of BatchAppend; an insecure node does not look at them. */
const protocols = [
  { protocol: 'BatchAppend', options: {} },
  { protocol: 'Append', options: { credentials: { username: 'anybody', password: 'at all' } } },
]

describe.each(protocols)('appending by $protocol', ({ options }) => {
  it('stores events with everything that was said of them', async () => {
    await using opened = await openNode({ clock: () => 1_800_000_000_123 })
    const { client } = opened
    const first = jsonEvent({ type: 'Greeted', data: { text: 'こんにちは' }, metadata: { by: 'me' } })
    const second = binaryEvent({ type: 'Bytes', data: new Uint8Array([0, 255, 7]) })
    const answer = await client.appendToStream('挨拶-1', [first, second], options)
    const events = await collect(client.readStream('挨拶-1'))

    expect(answer).toMatchObject({ success: true, nextExpectedRevision: 1n })
    expect(events.map(({ event }) => event?.id)).toEqual([first.id, second.id])
    expect(events[0]?.event).toMatchObject({
      streamId: '挨拶-1',
      revision: 0n,
      type: 'Greeted',
      data: { text: 'こんにちは' },
      metadata: { by: 'me' },
      isJson: true,
      created: new Date(1_800_000_000_123),
    })
    expect(events[1]?.event).toMatchObject({ isJson: false, data: new Uint8Array([0, 255, 7]) })
    expect(events[1]?.event?.position).toEqual(answer.position)
    expect(answer.position?.commit).toBe(answer.position?.prepare)
  })

  it.each([
    { expected: 'any', empty: 'none', filled: 'none' },
    { expected: 'no_stream', empty: 'none', filled: 'wrong-expected-version' },
    { expected: 'stream_exists', empty: 'wrong-expected-version', filled: 'none' },
    { expected: 0n, empty: 'wrong-expected-version', filled: 'wrong-expected-version' },
    { expected: 1n, empty: 'wrong-expected-version', filled: 'none' },
    { expected: 2n, empty: 'wrong-expected-version', filled: 'wrong-expected-version' },
  ] as const)('honours the expectation $expected', async ({ expected, empty, filled }) => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('filled', numbered(2), options)
    const attempt = async (stream: string) =>
      refusalOf(client.appendToStream(stream, numbered(1), { ...options, expectedRevision: expected }))

    expect({ empty: await attempt('empty'), filled: await attempt('filled') }).toEqual({ empty, filled })
  })

  it('says in a wrong-expected-version what was expected and what there is', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('filled', numbered(3), options)
    const wrong = async (stream: string, expectedRevision: 'no_stream' | bigint) =>
      client
        .appendToStream(stream, numbered(1), { ...options, expectedRevision })
        .catch((error: unknown) => error)

    const tooFar = await wrong('filled', 9n)
    expect(tooFar).toBeInstanceOf(WrongExpectedVersionError)
    expect(tooFar).toMatchObject({ streamName: 'filled', expectedVersion: 9n, actualVersion: 2n })
    expect(await wrong('filled', 'no_stream')).toMatchObject({
      expectedVersion: 'no_stream',
      actualVersion: 2n,
    })
    expect(await wrong('empty', 0n)).toMatchObject({ expectedVersion: 0n, actualVersion: 'no_stream' })
  })

  it('answers a repeated append with the same success, even after the stream went on', async () => {
    await using opened = await openNode()
    const { client } = opened
    const events = numbered(3)
    const again = { ...options, expectedRevision: 0n } as const
    await client.appendToStream('s', numbered(1), { ...options, expectedRevision: 'no_stream' })
    const answer = await client.appendToStream('s', events, again)
    await client.appendToStream('s', numbered(2), options)

    expect(await client.appendToStream('s', events, again)).toEqual(answer)
    expect(await collect(client.readStream('s'))).toHaveLength(6)
  })

  it('takes no partial overlap, no other order and no other place for a repeat', async () => {
    await using opened = await openNode()
    const { client } = opened
    const [a, b, c] = numbered(3)
    if (a === undefined || b === undefined || c === undefined) throw new Error('three events were made')
    await client.appendToStream('s', [a, b], { ...options, expectedRevision: 'no_stream' })
    const attempt = async (events: (typeof a)[], expectedRevision: 'no_stream' | bigint) =>
      refusalOf(client.appendToStream('s', events, { ...options, expectedRevision }))

    expect(await attempt([a, b, c], 'no_stream')).toBe('wrong-expected-version')
    expect(await attempt([b, a], 'no_stream')).toBe('wrong-expected-version')
    expect(await attempt([a], 0n)).toBe('wrong-expected-version')
    expect(await attempt([a], 'no_stream')).toBe('none')
    expect(await attempt([b], 0n)).toBe('none')
    expect(await collect(client.readStream('s'))).toHaveLength(2)
  })

  it('recognises a recent repeat that expected any revision', async () => {
    await using opened = await openNode()
    const { client } = opened
    const events = numbered(2)
    const answers = await Promise.all([
      client.appendToStream('s', events, options),
      client.appendToStream('s', events, options),
    ])
    expect(answers[1]).toEqual(answers[0])
    expect(await collect(client.readStream('s'))).toHaveLength(2)
    await client.appendToStream('another', events, options)
    expect(await collect(client.readStream('another'))).toHaveLength(2)
  })

  it('writes nothing for an append without events', async () => {
    await using opened = await openNode()
    const { client } = opened
    expect(await client.appendToStream('s', [], options)).toMatchObject({ success: true })
    expect(await refusalOf(collect(client.readStream('s')))).toBe('stream-not-found')
  })

  it('refuses more than 1 MiB and takes exactly 1 MiB', async () => {
    await using opened = await openNode()
    const { client } = opened
    const typeBytes = 2 * 'Big'.length
    const sized = (bytes: number) => binaryEvent({ type: 'Big', data: new Uint8Array(bytes - typeBytes) })

    expect(await refusalOf(client.appendToStream('s', sized(1024 * 1024), options))).toBe('none')
    expect(await refusalOf(client.appendToStream('s', sized(1024 * 1024 + 1), options))).toBe(
      'maximum-append-size-exceeded',
    )
    // Larger than the 4 MiB that gRPC takes by default, so the refusal must come from the node itself.
    const huge = client.appendToStream('s', sized(5 * 1024 * 1024), options)
    await expect(huge).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1_048_576,
    })
    expect(await collect(client.readStream('s'))).toHaveLength(1)
  })

  it('lets exactly one of many concurrent writers have each revision', async () => {
    await using opened = await openNode()
    const { client } = opened
    const attempts = await Promise.all(
      Array.from({ length: 40 }, async () =>
        refusalOf(client.appendToStream('s', numbered(2), { ...options, expectedRevision: 'no_stream' })),
      ),
    )
    expect(attempts.filter((refusal) => refusal === 'none')).toHaveLength(1)
    expect(attempts.filter((refusal) => refusal === 'wrong-expected-version')).toHaveLength(39)
    const events = await collect(client.readStream('s'))
    expect(events.map(({ event }) => event?.revision)).toEqual([0n, 1n])
  })
})

describe('a batch', () => {
  it('is put together from the messages that share its id', async () => {
    await using opened = await openNode()
    const { client } = opened
    const events = numbered(50)
    // The client cuts after this many bytes, so this append travels in dozens of messages.
    const answer = await client.appendToStream('s', events, { batchAppendSize: 200 })
    expect(answer.nextExpectedRevision).toBe(49n)
    const stored = await collect(client.readStream('s'))
    expect(stored.map(({ event }) => event?.id)).toEqual(events.map(({ id }) => id))
  })

  it('gets its own answer although many are under way at once', async () => {
    await using opened = await openNode()
    const { client } = opened
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) =>
        client.appendToStream(`s-${index}`, numbered((index % 7) + 1), { expectedRevision: 'no_stream' }),
      ),
    )
    expect(answers.map((answer) => answer.nextExpectedRevision)).toEqual(
      Array.from({ length: 300 }, (_, index) => BigInt(index % 7)),
    )
  })

  it('whose deadline has passed is refused and not written', async () => {
    await using opened = await openNode()
    const { client } = opened
    await client.appendToStream('s', numbered(1))
    const late = client.appendToStream('s', numbered(1), { deadline: -1_000 })
    expect(await refusalOf(late)).toBe('deadline-exceeded')
    expect(await collect(client.readStream('s'))).toHaveLength(1)
  })
})
