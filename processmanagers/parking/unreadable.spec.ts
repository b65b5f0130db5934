import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { runnerBench, type NotedEvent } from '../runner-bench.ts'

const PARKED_MS = 1_000

/** Handles every event and says what it has seen. */
const recorder = () => {
  const seen: string[] = []
  const onEvent = async (
    { data: { n } }: NotedEvent,
    { metadata: { correlationId: key } }: { metadata: { correlationId: string } },
  ): Promise<void> => {
    seen.push(`${key} ${n}`)
  }
  return { seen, onEvent, of: (key: string) => seen.filter((entry) => entry.startsWith(key)) }
}

/** The codec of a later build: it reads versions 1 and 2, and numbers that were written in words. */
const later = defineCodec<NotedEvent>({
  Noted: {
    version: 2,
    data: z.object({ n: z.union([z.int(), z.literal('two').transform(() => 2)]) }),
    upcast: { 1: (data) => data },
  },
})

describe.each([
  ['data of another shape', { data: { n: 'two', secret: 'hanako@example.com' } }, /n: Invalid input/],
  ['a version from the future', { schemaVersion: 2, data: { n: 2 } }, /schema version 2.*knows up to 1/],
  ['no readable version', { schemaVersion: 0, data: { n: 2 } }, /no upcaster from version 0/],
  ['text in place of JSON', { data: JSON.parse('"{ n: 2"') }, /expected object/],
])('an event with %s', (_, how, reason) => {
  it('parks its key at once, and others go on with their checkpoint', async () => {
    await using bench = await runnerBench()
    const { seen, onEvent } = recorder()
    await bench.note('a', 1)
    await bench.note('a', 2, how)
    await bench.note('a', 3)
    await bench.note('b', 1)
    const running = bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    await bench.note('b', 2)
    await bench.clock.advance(PARKED_MS)
    expect(seen.toSorted()).toStrictEqual(['a 1', 'b 1', 'b 2'])
    expect(running.status()).toMatchObject({
      parkedKeys: 1,
      connected: true,
      caughtUp: true,
      queued: 0,
      trouble: undefined,
    })
    expect(await bench.checkpoint()).toBe(
      bench.log.events.findLast(({ stream }) => stream === 'case-b')?.position,
    )
    expect((await bench.parked()).get('a')?.work).toStrictEqual(
      [1, 2].map((revision) => ({ kind: 'event', stream: 'case-a', revision })),
    )
  })

  it('is told of in one line that names it, and says nothing of what is in it', async () => {
    await using bench = await runnerBench()
    await bench.note('a', 1, how)
    await bench.note('a', 2)
    bench.start({ onEvent: recorder().onEvent })
    await bench.clock.advance(PARKED_MS)
    const errors = bench.logs.filter(({ level }) => level === 'error')
    expect(errors).toStrictEqual([
      {
        level: 'error',
        message: 'A key is parked',
        detail: {
          process: 'noting',
          key: 'a',
          stream: 'case-a',
          revision: 0,
          type: 'Noted',
          eventId: bench.log.events[0]?.id,
          error: expect.stringMatching(reason),
        },
      },
    ])
    expect(JSON.stringify(bench.logs)).not.toContain('hanako')
    expect(JSON.stringify(bench.log.events.filter(({ type }) => type === 'WorkParked'))).not.toContain(
      'hanako',
    )
  })
})

describe('a key parked for an event that could not be read', () => {
  const two = { data: { n: 'two' } }

  it('is taken up where it stopped, in order, by a build that can read it', async () => {
    await using bench = await runnerBench()
    const { of, onEvent } = recorder()
    await bench.note('a', 1)
    await bench.note('a', 2, { ...two, schemaVersion: 2 })
    await bench.note('a', 3)
    bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    await bench.halt()
    await bench.note('a', 4)

    const running = bench.start({ onEvent, codec: later })
    await bench.clock.advance(PARKED_MS)
    await bench.note('a', 5)
    await bench.clock.advance(PARKED_MS)
    expect(of('a')).toStrictEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5'])
    expect(running.status()).toMatchObject({ parkedKeys: 0, trouble: undefined })
    expect((await bench.parked()).size).toBe(0)
  })

  it('stays parked when the build is the same, writes nothing more, and is replayed on request later', async () => {
    await using bench = await runnerBench()
    const { of, onEvent } = recorder()
    await bench.note('a', 1, { ...two, schemaVersion: 2 })
    bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    await bench.halt()
    const before = bench.log.events.length
    const running = bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    expect(running.status()).toMatchObject({ parkedKeys: 1, caughtUp: true, trouble: undefined })
    expect(bench.log.events).toHaveLength(before)
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(of('a')).toStrictEqual([])
    expect(running.status()).toMatchObject({ parkedKeys: 1, queued: 0 })
  })

  it('is not one that was parked for another reason: a restart alone does not repeat that', async () => {
    await using bench = await runnerBench()
    let tries = 0
    const onEvent = async (): Promise<void> => {
      tries += 1
      throw new Error('cannot')
    }
    await bench.note('a', 1)
    bench.start({ onEvent })
    await bench.clock.advance(10_000)
    await bench.halt()
    const before = tries
    bench.start({ onEvent })
    await bench.clock.advance(10_000)
    expect(tries).toBe(before)
  })

  it('waits for a log that is away before it is parked', async () => {
    let isAway = true
    await using bench = await runnerBench({
      storeBetween: (store) => ({
        ...store,
        append: async (...args) => {
          if (isAway) throw new EventStoreUnavailable('away')
          return store.append(...args)
        },
      }),
    })
    await bench.note('a', 1, two)
    const running = bench.start({ onEvent: recorder().onEvent })
    await bench.clock.advance(20_000)
    expect(running.status()).toMatchObject({ parkedKeys: 0 })
    isAway = false
    await bench.clock.advance(20_000)
    expect(running.status()).toMatchObject({ parkedKeys: 1, trouble: undefined })
  })
})

describe('what is broken beyond its data', () => {
  it('parks its stream when not even its case can be told', async () => {
    await using bench = await runnerBench()
    const { seen, onEvent } = recorder()
    await bench.note('a', 1)
    await bench.note('b', 1)
    const running = bench.start({
      onEvent: async (event, recorded, deadlines) => {
        if (recorded.stream === 'case-a') throw new Error('there is no case')
        await onEvent(event, recorded)
        deadlines.clear('none')
      },
      key: ({ stream, metadata }) => {
        if (stream === 'case-a') throw new Error('no key')
        return metadata.correlationId
      },
    })
    await bench.clock.advance(5_000)
    expect(seen).toStrictEqual(['b 1'])
    expect([...(await bench.parked()).keys()]).toStrictEqual(['case-a'])
    expect(running.status()).toMatchObject({ parkedKeys: 1, connected: true, caughtUp: true })
  })

  it.each([
    ['a request for a replay that is incomplete', { type: 'ReplayRequested', data: { keys: ['a'] } }],
    ['a request for a replay from the future', { type: 'ReplayRequested', schemaVersion: 9, data: {} }],
    ['a misspelt request', { type: 'ReplayRequest', data: { key: 'a' } }],
  ])('asks for nothing where it is %s, and stops nobody', async (_, how) => {
    await using bench = await runnerBench()
    const { seen, onEvent } = recorder()
    const broken = { data: { n: 'two' } }
    await bench.note('a', 1, broken)
    bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    await bench.note('', 0, { ...how, stream: 'parked-noting' })
    await bench.note('b', 1, broken)
    await bench.note('c', 1)
    await bench.clock.advance(PARKED_MS)
    await bench.halt()
    const running = bench.start({ onEvent })
    await bench.note('c', 2)
    await bench.clock.advance(PARKED_MS)
    expect(seen).toStrictEqual(['c 1', 'c 2'])
    expect(running.status()).toMatchObject({ parkedKeys: 2, connected: true, caughtUp: true })
  })

  it('does stop the process where the list of parked keys itself is broken, and readiness sees that', async () => {
    await using bench = await runnerBench()
    const { seen, onEvent } = recorder()
    await bench.note('', 0, { type: 'WorkParked', data: {}, stream: 'parked-noting' })
    await bench.note('a', 1)
    const running = bench.start({ onEvent })
    await bench.clock.advance(PARKED_MS)
    expect(seen).toStrictEqual([])
    expect(running.status()).toMatchObject({
      connected: false,
      trouble: expect.stringContaining('WorkParked 0@parked-noting'),
    })
  })
})
