import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { accepted, refused, unchanged, type Aggregate } from '#domain/decider.ts'
import { manualClock } from '../clock/manual-clock.ts'
import { systemClock } from '../clock/clock.ts'
import { memoryLog, type MemoryLog } from '../eventstore/memory-log.ts'
import { EventStoreUnavailable, type EventStore, type EventToAppend } from '../eventstore/port.ts'
import { commandRunner, ConflictsOutlasted, type CommandContext } from './runner.ts'

const Added = z.object({ amount: z.int() })
type CounterEvent = { readonly type: 'Added'; readonly data: z.infer<typeof Added> }
type CounterCommand = {
  readonly add: readonly number[]
  readonly atMost?: number
  readonly onlyIfBelow?: number
}
type Counter = { readonly sum: number; readonly events: number }

/** A tally with all three answers: refused over `atMost`, unchanged from `onlyIfBelow` on. */
const counter: Aggregate<Counter, CounterCommand, CounterEvent, 'too-much'> = {
  category: 'counter',
  codec: defineCodec<CounterEvent>({ Added: { version: 1, data: Added } }),
  decider: {
    initial: { sum: 0, events: 0 },
    evolve: (state, { data }) => ({ sum: state.sum + data.amount, events: state.events + 1 }),
    decide: (state, { add, atMost = Infinity, onlyIfBelow = Infinity }) => {
      if (state.sum >= onlyIfBelow) return unchanged
      const [first = 0, ...rest] = add
      if (state.sum + first > atMost) return refused('too-much')
      const event = (amount: number): CounterEvent => ({ type: 'Added', data: { amount } })
      return accepted(event(first), ...rest.map(event))
    },
  },
}

let names = 0
const named = (commandId = `command-${(names += 1)}`): CommandContext => ({
  commandId,
  correlationId: 'c',
  causationId: 'x',
  actor: 'system:spec',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
})

const open = (between: (log: MemoryLog) => EventStore = (log) => log) => {
  const clock = manualClock(1_000)
  const log = memoryLog(clock)
  const runner = (options: { cachedStreams?: number } = {}) =>
    commandRunner({ store: between(log), clock: systemClock, random: () => 0.01, ...options })
  return { log, runner, sums: () => log.events.map(({ data }) => Added.parse(data).amount) }
}

describe('the command runner', () => {
  it('appends what was decided, with who, why and which command', async () => {
    const { log, runner } = open()
    const context = named()
    const outcome = await runner().run(counter, '1', { add: [1, 2] }, context)
    expect(outcome).toEqual({
      kind: 'accepted',
      state: { sum: 3, events: 2 },
      revision: 1,
      position: log.events.at(-1)?.position,
    })
    expect(log.events.map(({ stream, metadata }) => ({ stream, metadata }))).toEqual(
      [0, 1].map(() => ({ stream: 'counter-1', metadata: { ...context, schemaVersion: 1 } })),
    )
    expect(new Set(log.events.map(({ id }) => id)).size).toBe(2)
  })

  it('loses no update and doubles none when two runners with caches of their own race', async () => {
    const { log, runner, sums } = open()
    const one = runner()
    const other = runner()
    const rounds = 40
    await Promise.all(
      Array.from({ length: rounds }, (_, n) =>
        (n % 2 === 0 ? one : other).run(counter, '1', { add: [2 ** (n % 20)] }, named()),
      ),
    )
    expect(log.events.map(({ revision }) => revision)).toEqual(Array.from({ length: rounds }, (_, n) => n))
    const expected = Array.from({ length: rounds }, (_, n) => 2 ** (n % 20)).reduce((a, b) => a + b)
    expect(sums().reduce((a, b) => a + b)).toBe(expected)
    for (const each of [one, other]) expect((await each.state(counter, '1')).sum).toBe(expected)
  })

  it('decides against the newest state: a limit holds whoever else is writing', async () => {
    const { runner, sums } = open()
    const one = runner()
    const other = runner()
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        (n % 3 === 0 ? one : other).run(counter, '1', { add: [1], atMost: 10 }, named()),
      ),
    )
    expect(sums()).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome.kind === 'refused')).toHaveLength(20)
  })

  it('knows a command it has met before, in this runner, another one, and after a restart', async () => {
    const { runner, sums } = open()
    const context = named()
    const first = runner()
    const other = runner()
    await other.run(counter, '1', { add: [1] }, named())
    const accepted = await first.run(counter, '1', { add: [5] }, context)
    await first.run(counter, '1', { add: [100] }, named())
    for (const [again, options] of [
      [first, {}],
      [other, {}],
      [runner(), {}],
      [runner(), { expectNew: true }],
    ] as const)
      expect(await again.run(counter, '1', { add: [5] }, context, options)).toEqual({
        kind: 'unchanged',
        state: { sum: 106, events: 3 },
        revision: 2,
        position: expect.any(Number),
      })
    expect(accepted).toMatchObject({ kind: 'accepted', state: { sum: 6 } })
    expect(sums()).toEqual([1, 5, 100])
  })

  it('answers a repeat that is taken for new with the state of now, not of then', async () => {
    const { runner } = open()
    const context = named()
    await runner().run(counter, '1', { add: [1] }, context, { expectNew: true })
    await runner().run(counter, '1', { add: [10] }, named())
    const again = await runner().run(counter, '1', { add: [1] }, context, { expectNew: true })
    expect(again).toMatchObject({ kind: 'unchanged', state: { sum: 11 }, revision: 1 })
  })

  it.each(['refused', 'unchanged'] as const)('says %s only of a state that is not stale', async (kind) => {
    const { runner } = open()
    const first = runner()
    const other = runner()
    const limit = kind === 'refused' ? { atMost: 10 } : { onlyIfBelow: 10 }
    await first.run(counter, '1', { add: [10] }, named())
    expect(await first.run(counter, '1', { add: [1], ...limit }, named())).toMatchObject({ kind })
    // What the first one remembers is no longer so.
    await other.run(counter, '1', { add: [-5] }, named())
    expect(await first.run(counter, '1', { add: [1], ...limit }, named())).toMatchObject({
      kind: 'accepted',
      state: { sum: 6 },
    })
  })

  it('makes one append of one whose answer was lost, and goes on from there', async () => {
    let losses = 2
    const appends: (readonly EventToAppend[])[] = []
    const { runner, sums } = open((log) => ({
      ...log,
      append: async (stream, events, expected) => {
        for (let attempt = 1; ; attempt += 1) {
          appends.push(events)
          const result = await log.append(stream, events, expected)
          losses -= 1
          if (losses < 0) return result
          if (attempt === 2) throw new EventStoreUnavailable('no answer')
        }
      },
    }))
    const context = named()
    const one = runner()
    await expect(one.run(counter, '1', { add: [1, 2] }, context)).rejects.toThrow(EventStoreUnavailable)
    expect(appends[0]?.map(({ id }) => id)).toEqual(appends[1]?.map(({ id }) => id))
    expect(await one.run(counter, '1', { add: [1, 2] }, context)).toMatchObject({
      kind: 'unchanged',
      state: { sum: 3 },
    })
    expect(await one.run(counter, '1', { add: [4] }, named())).toMatchObject({ state: { sum: 7 } })
    expect(sums()).toEqual([1, 2, 4])
  })

  it('takes a stream for new when told so, and finds out when it is not', async () => {
    let reads = 0
    const { runner, sums } = open((log) => ({
      ...log,
      read: (...args) => {
        reads += 1
        return log.read(...args)
      },
    }))
    await runner().run(counter, '1', { add: [1] }, named(), { expectNew: true })
    expect(reads).toBe(0)
    expect(await runner().run(counter, '1', { add: [2] }, named(), { expectNew: true })).toMatchObject({
      kind: 'accepted',
      state: { sum: 3 },
      revision: 1,
    })
    expect(
      await runner().run(counter, '1', { add: [2], onlyIfBelow: 0 }, named(), { expectNew: true }),
    ).toMatchObject({ kind: 'unchanged', state: { sum: 3 } })
    expect(sums()).toEqual([1, 2])
  })

  it('gives up after a bounded number of conflicts, without a refusal, and works when they are over', async () => {
    let rivals = Infinity
    let appends = 0
    const { runner, log } = open((log) => ({
      ...log,
      append: async (stream, events, expected) => {
        appends += 1
        rivals -= 1
        return rivals < 0 ? log.append(stream, events, expected) : { kind: 'conflict' }
      },
    }))
    const one = runner()
    await expect(one.run(counter, '1', { add: [1] }, named())).rejects.toThrow(ConflictsOutlasted)
    expect(appends).toBe(12)
    rivals = 3
    expect(await one.run(counter, '1', { add: [1] }, named())).toMatchObject({ kind: 'accepted' })
    expect(log.events).toHaveLength(1)
  })

  it('remembers only so many states, and works the same without', async () => {
    const { runner } = open()
    const one = runner({ cachedStreams: 2 })
    for (let round = 0; round < 3; round += 1)
      for (const id of ['1', '2', '3', '4']) await one.run(counter, id, { add: [1] }, named())
    for (const id of ['1', '2', '3', '4']) expect(await one.state(counter, id)).toEqual({ sum: 3, events: 3 })
    expect(await one.state(counter, 'none')).toEqual({ sum: 0, events: 0 })
  })

  it('remembers the newest 256 commands of a stream', async () => {
    const { runner, sums } = open()
    const one = runner()
    const contexts = Array.from({ length: 257 }, () => named())
    for (const context of contexts) await one.run(counter, '1', { add: [1] }, context)
    const [oldest, second] = contexts
    if (oldest === undefined || second === undefined) throw new Error('there are 257')
    expect(await one.run(counter, '1', { add: [1] }, second)).toMatchObject({ kind: 'unchanged' })
    // Beyond that it is the decider's business ids that tell.
    expect(await one.run(counter, '1', { add: [1] }, oldest)).toMatchObject({ kind: 'accepted' })
    expect(sums()).toHaveLength(258)
  })

  it('does not fold an event it cannot read', async () => {
    const { log, runner } = open()
    await log.append(
      'counter-1',
      [
        {
          id: '1',
          type: 'Added',
          data: { amount: 'one' },
          metadata: { ...named(), schemaVersion: 1 },
        },
      ],
      'no-stream',
    )
    await expect(runner().run(counter, '1', { add: [1] }, named())).rejects.toThrow(/expected number/)
    await expect(runner().state(counter, '1')).rejects.toThrow(/expected number/)
    expect(log.events).toHaveLength(1)
  })
})
