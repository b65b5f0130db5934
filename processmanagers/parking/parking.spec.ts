import { describe, expect, it } from 'vitest'
import { given } from '#domain/given.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { runnerBench } from '../runner-bench.ts'
import { parking, REQUEST_STANDS_MS } from './parking.ts'

const PARKED_MS = 5_000

/** Handles every event, except that while `broken` names it, `key n` throws. */
const recorder = (broken: Set<string>) => {
  const seen: string[] = []
  return {
    seen,
    process: {
      onEvent: async (
        { data: { n } }: { data: { n: number } },
        { metadata: { correlationId: key } }: { metadata: { correlationId: string } },
      ) => {
        if (broken.has(`${key} ${n}`)) throw new Error(`cannot do ${key} ${n}`)
        seen.push(`${key} ${n}`)
      },
    },
  }
}

/** A log that can be read and, while it is away, not written. */
const refusingWhile =
  (isAway: () => boolean) =>
  (store: EventStore): EventStore => ({
    ...store,
    append: async (...args) => {
      if (isAway()) throw new Error('a proxy in between says 500')
      return store.append(...args)
    },
  })

describe('a step that keeps failing', () => {
  it('is tried a few times and put aside with what comes behind it, while other cases go on', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 2'])
    const { seen, process } = recorder(broken)
    for (const n of [1, 2, 3]) for (const key of ['a', 'b']) await bench.note(key, n)
    const running = bench.start(process)
    await bench.clock.advance(PARKED_MS)
    await bench.note('a', 4)
    await bench.note('b', 4)
    await bench.clock.advance(PARKED_MS)
    expect(seen.toSorted()).toEqual(['a 1', 'b 1', 'b 2', 'b 3', 'b 4'])
    expect(running.status()).toMatchObject({ parkedKeys: 1, trouble: undefined, queued: 0 })
    expect((await bench.parked()).get('a')).toMatchObject({
      error: 'Error: cannot do a 2',
      work: [1, 2, 3].map((revision) => ({ kind: 'event', stream: 'case-a', revision })),
    })
    expect(await bench.checkpoint()).toBeGreaterThanOrEqual(
      bench.log.events.find(({ stream, revision }) => stream === 'case-b' && revision === 3)?.position ?? 0,
    )

    broken.clear()
    await bench.requestReplay('a')
    await bench.note('a', 5)
    await bench.clock.advance(PARKED_MS)
    expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5'])
    expect(running.status()).toMatchObject({ parkedKeys: 0, trouble: undefined })
    expect((await bench.parked()).size).toBe(0)
  })

  it('stays parked when a replay fails, and can be replayed again', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 1'])
    const { seen, process } = recorder(broken)
    await bench.note('a', 1)
    const running = bench.start(process)
    await bench.clock.advance(PARKED_MS)
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(running.status()).toMatchObject({ parkedKeys: 1, queued: 0, trouble: undefined })
    broken.clear()
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['a 1'])
    expect(running.status().parkedKeys).toBe(0)
  })

  it('says of a replay that failed why and when, and forgets it with the next one that succeeds', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 1', 'a 2'])
    const { seen, process } = recorder(broken)
    await bench.note('a', 1)
    await bench.note('a', 2)
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    broken.delete('a 1')
    await bench.requestReplay('a')
    expect((await bench.parked()).get('a')).toMatchObject({ askedAtMs: bench.clock.nowMs() })
    const askedAtMs = bench.clock.nowMs()
    await bench.clock.advance(PARKED_MS)
    const after = (await bench.parked()).get('a')
    expect(after).toMatchObject({ error: 'Error: cannot do a 2', triedAtMs: expect.any(Number) })
    expect(after?.triedAtMs).toBeGreaterThan(askedAtMs)
    expect(after?.askedAtMs).toBeUndefined()
    expect(after?.work).toHaveLength(2)
    broken.clear()
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(seen.at(-1)).toBe('a 2')
    expect((await bench.parked()).size).toBe(0)
  })

  it('is done once and in order where two ask at once, with what came meanwhile behind it', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 1'])
    const { seen, process } = recorder(broken)
    await bench.note('a', 1)
    await bench.note('a', 2)
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    broken.clear()
    await bench.requestReplay('a')
    await bench.requestReplay('a')
    expect(bench.log.events.filter(({ type }) => type === 'ReplayRequested')).toHaveLength(1)
    // As two that did not know of each other would have written it.
    const again = { type: 'ReplayRequested', data: { key: 'a', by: 'staff:2', atMs: 0 } }
    await bench.note('', 0, { ...again, stream: 'parked-noting' })
    await bench.note('a', 3)
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['a 1', 'a 2', 'a 3'])
    expect((await bench.parked()).size).toBe(0)
  })

  it('waits to say that a replay failed until the log can be written again', async () => {
    let isAway = false
    await using bench = await runnerBench({ storeBetween: refusingWhile(() => isAway) })
    const { process } = recorder(new Set(['a 1']))
    await bench.note('a', 1)
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    isAway = true
    await bench.requestReplay('a')
    await bench.clock.advance(30_000)
    expect((await bench.parked()).get('a')).toMatchObject({ askedAtMs: expect.any(Number) })
    isAway = false
    await bench.clock.advance(30_000)
    expect((await bench.parked()).get('a')).toMatchObject({ triedAtMs: expect.any(Number) })
  })

  it('holds up nothing more once another instance has done it', async () => {
    await using bench = await runnerBench()
    const older = recorder(new Set(['a 1']))
    await bench.note('a', 1)
    const running = bench.start(older.process)
    await bench.clock.advance(PARKED_MS)
    const commandId = 'by-another'
    await bench.commands.run(
      parking,
      'noting',
      { type: 'ReleaseKey', key: 'a', atMs: bench.clock.nowMs() },
      { commandId, correlationId: 'a', causationId: commandId, actor: 'process:noting' },
    )
    await bench.note('a', 2)
    await bench.clock.advance(PARKED_MS)
    expect(older.seen).toEqual(['a 2'])
    expect(running.status().parkedKeys).toBe(0)
    expect((await bench.parked()).size).toBe(0)
  })

  it('stays parked over a restart, and what was done before it is not put behind it', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 3'])
    const { seen, process } = recorder(broken)
    for (const n of [1, 2, 3, 4]) await bench.note('a', n)
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    await bench.halt()
    await bench.readStore.clear('specs_only', 'process:noting')
    const running = bench.start(process)
    await bench.clock.advance(PARKED_MS)
    expect(running.status().parkedKeys).toBe(1)
    expect((await bench.parked()).get('a')?.work).toHaveLength(2)
    broken.clear()
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['a 1', 'a 2', 'a 3', 'a 4'])
  })

  it('does not lose a replay that was under way when the process stopped', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 1'])
    const { seen, process } = recorder(broken)
    await bench.note('a', 1)
    await bench.note('a', 2)
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    await bench.halt()

    let halting: Promise<void> | undefined
    bench.start({
      onEvent: async () => {
        halting ??= bench.halt()
      },
    })
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    await halting
    expect((await bench.parked()).size).toBe(1)

    broken.clear()
    bench.start(process)
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['a 1', 'a 2'])
    expect((await bench.parked()).size).toBe(0)
  })

  it('of an alarm is parked by its name and replayed with the rest', async () => {
    await using bench = await runnerBench()
    let isFailing = true
    const seen: string[] = []
    const running = bench.start({
      onEvent: async ({ data: { n } }, _, deadlines) => {
        seen.push(`event ${n}`)
        if (n === 1) deadlines.set('ring', bench.clock.nowMs() + 1_000)
      },
      onDeadline: async (_, name) => {
        if (isFailing) throw new Error('not yet')
        seen.push(name)
      },
    })
    await bench.note('a', 1)
    await bench.clock.advance(PARKED_MS)
    await bench.note('a', 2)
    await bench.clock.advance(PARKED_MS)
    expect(running.status()).toMatchObject({ parkedKeys: 1, openDeadlines: 0 })
    expect((await bench.parked()).get('a')?.work).toEqual([
      { kind: 'deadline', name: 'ring' },
      { kind: 'event', stream: 'case-a', revision: 1 },
    ])
    isFailing = false
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['event 1', 'ring', 'event 2'])
  })

  it('parks an event that cannot be read, and nothing but its case', async () => {
    await using bench = await runnerBench()
    const { seen, process } = recorder(new Set())
    await bench.note('a', 1, { data: { n: 'one' } })
    await bench.note('b', 1)
    const running = bench.start(process)
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['b 1'])
    expect(running.status()).toMatchObject({ parkedKeys: 1, connected: true, caughtUp: true })
    expect([...(await bench.parked()).keys()]).toEqual(['a'])
  })

  it('is parked as soon as the log can be written again', async () => {
    let isAway = true
    await using bench = await runnerBench({ storeBetween: refusingWhile(() => isAway) })
    const { process } = recorder(new Set(['a 1']))
    await bench.note('a', 1)
    const running = bench.start(process)
    await bench.clock.advance(30_000)
    expect(running.status()).toMatchObject({
      parkedKeys: 0,
      trouble: expect.stringContaining('cannot do a 1'),
    })
    isAway = false
    await bench.clock.advance(30_000)
    expect(running.status()).toMatchObject({ parkedKeys: 1, trouble: undefined })
  })

  it('leaves out work whose event the stream has dropped meanwhile', async () => {
    await using bench = await runnerBench()
    const broken = new Set(['a 1', 'a 2'])
    const { seen, process } = recorder(broken)
    await bench.note('a', 1)
    await bench.note('a', 2)
    const running = bench.start(process)
    await bench.clock.advance(PARKED_MS)
    await bench.log.keepOnly('case-a', 1)
    broken.clear()
    await bench.requestReplay('a')
    await bench.clock.advance(PARKED_MS)
    expect(seen).toEqual(['a 2'])
    expect(running.status().parkedKeys).toBe(0)
  })
})

describe('the list of parked work', () => {
  const atMs = 1
  const event = { kind: 'event', stream: 'case-a', revision: 3 } as const
  const alarm = { kind: 'deadline', name: 'ring' } as const
  const parked = (work: typeof event | typeof alarm, key = 'a') =>
    ({ type: 'WorkParked', data: { key, work, error: 'e', atMs } }) as const

  it('holds each piece of work once', () => {
    const when = (work: typeof event | typeof alarm) =>
      ({ type: 'ParkWork', key: 'a', work, error: 'e', atMs }) as const
    given(parking.decider).when(when(event)).then(parked(event))
    given(parking.decider, parked(event)).when(when(event)).thenUnchanged()
    given(parking.decider, parked(event)).when(when(alarm)).then(parked(alarm))
    given(parking.decider, parked(event), parked(alarm)).when(when(alarm)).thenUnchanged()
  })

  it('takes a request for the one that stands, for a while, and an end only for what was asked', () => {
    const ask = (askedAtMs: number) =>
      ({ type: 'RequestReplay', key: 'a', by: 'staff:1', atMs: askedAtMs }) as const
    const asked = (askedAtMs: number) =>
      ({ type: 'ReplayRequested', data: { key: 'a', by: 'staff:1', atMs: askedAtMs } }) as const
    const failed = { type: 'ReplayFailed', data: { key: 'a', error: 'f', atMs } } as const
    const fail = { type: 'NoteFailedReplay', key: 'a', error: 'f', atMs } as const
    given(parking.decider, parked(event)).when(ask(1)).then(asked(1))
    given(parking.decider, parked(event), asked(1)).when(ask(REQUEST_STANDS_MS)).thenUnchanged()
    const later = 1 + REQUEST_STANDS_MS
    given(parking.decider, parked(event), asked(1)).when(ask(later)).then(asked(later))
    given(parking.decider, parked(event), asked(1)).when(fail).then(failed)
    given(parking.decider, parked(event), asked(1), failed).when(ask(2)).then(asked(2))
    given(parking.decider, parked(event)).when(fail).thenUnchanged()
    given(parking.decider).when(fail).thenUnchanged()
  })

  it('knows nothing to replay or release under other keys', () => {
    given(parking.decider, parked(event))
      .when({ type: 'RequestReplay', key: 'b', by: 'staff:1', atMs })
      .thenRefused('nothing-parked')
    given(parking.decider, parked(event)).when({ type: 'ReleaseKey', key: 'b', atMs }).thenUnchanged()
    given(parking.decider, parked(event))
      .when({ type: 'ReleaseKey', key: 'a', atMs })
      .then({ type: 'KeyReleased', data: { key: 'a', atMs } })
  })
})
