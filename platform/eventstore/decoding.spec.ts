import type { ResolvedEvent } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { manualClock } from '../clock/manual-clock.ts'
import { commandRunner, type CommandContext } from '../commands/runner.ts'
import { accepted, type Aggregate } from '#domain/decider.ts'
import { decodeRecorded, UndecodableEvent } from './decoding.ts'
import { memoryLog } from './memory-log.ts'
import type { RecordedEvent } from './port.ts'
import { recordedEvent } from './recorded-event.ts'

type TeaEvent = {
  readonly type: 'TeaBrewed'
  readonly data: { readonly leafGrams: number; readonly for: string }
}

/** Version 1 was `{ leaf }`, in grams, and said nobody's name. */
const codec = defineCodec<TeaEvent>({
  TeaBrewed: {
    version: 2,
    data: z.object({ leafGrams: z.int(), for: z.email() }),
    upcast: {
      1: (data) => ({ leafGrams: z.object({ leaf: z.int() }).parse(data).leaf, for: 'nobody@example.com' }),
    },
  },
})

const metadata = {
  correlationId: 'c',
  causationId: 'x',
  commandId: 'k',
  actor: 'system:spec',
  schemaVersion: 2,
}
const recorded: RecordedEvent = {
  stream: 'tea-1',
  revision: 7,
  position: 70,
  id: 'event-7',
  type: 'TeaBrewed',
  data: { leafGrams: 5, for: 'hanako@example.com' },
  metadata,
  createdAtMs: 0,
}
const failureOf = (event: RecordedEvent): UndecodableEvent => {
  try {
    decodeRecorded(codec, event)
  } catch (error) {
    if (error instanceof UndecodableEvent) return error
  }
  throw new Error('It was read')
}

describe('an event that cannot be read', () => {
  it.each<[string, Partial<RecordedEvent>, string]>([
    ['of an unknown type', { type: 'TeaSpilt' }, 'No format is registered for event type TeaSpilt'],
    [
      'from the future',
      { metadata: { ...metadata, schemaVersion: 3 } },
      'TeaBrewed has schema version 3; this build knows up to 2',
    ],
    [
      'with a field of another kind',
      { data: { leafGrams: 'hanako', for: 'hanako' } },
      'leafGrams: Invalid input',
    ],
    ['with data that was no JSON', { data: '{"for":"hanako' }, 'Invalid input: expected object'],
    ['with bytes for data', { data: new Uint8Array([104, 97]) }, 'Invalid input'],
    ['with nothing for data', { data: null }, 'Invalid input: expected object'],
    [
      'with an old shape that cannot be lifted',
      { data: { leaf: 'hanako' }, metadata: { ...metadata, schemaVersion: 1 } },
      'leaf: Invalid input',
    ],
  ])('%s says where it is and what was expected, and nothing of what is in it', (_, change, reason) => {
    const failure = failureOf({ ...recorded, ...change })
    expect(failure.place).toStrictEqual({
      stream: 'tea-1',
      revision: 7,
      type: change.type ?? 'TeaBrewed',
      eventId: 'event-7',
    })
    expect(failure.reason).toContain(reason)
    expect(failure.message).toContain(' 7@tea-1 (event-7) cannot be read: ')
    expect(`${failure.message} ${JSON.stringify(failure)}`).not.toContain('hanako')
  })

  it('does not pass on what a parser or a bug quotes', () => {
    const quoting = { decode: (): TeaEvent => JSON.parse('hanako@example.com') }
    expect(() => decodeRecorded(quoting, recorded)).toThrow(/cannot be read: SyntaxError$/)
  })

  it('is short, whatever its type', () => {
    expect(failureOf({ ...recorded, type: 'T'.repeat(10_000) }).message.length).toBeLessThan(600)
  })
})

describe('an event of an old version', () => {
  const tea: Aggregate<{ readonly grams: number }, { readonly grams: number }, TeaEvent, never> = {
    category: 'tea',
    codec,
    decider: {
      initial: { grams: 0 },
      evolve: ({ grams }, { data }) => ({ grams: grams + data.leafGrams }),
      decide: (_, { grams }) =>
        accepted({ type: 'TeaBrewed', data: { leafGrams: grams, for: 'hanako@example.com' } }),
    },
  }
  const context: CommandContext = {
    commandId: 'command-1',
    correlationId: 'c',
    causationId: 'x',
    actor: 'system:spec',
  }

  it('is lifted where it is folded, and what follows it is written in today’s', async () => {
    const clock = manualClock(0)
    const store = memoryLog(clock)
    await store.append(
      'tea-1',
      [{ id: '1', type: 'TeaBrewed', data: { leaf: 5 }, metadata: { ...metadata, schemaVersion: 1 } }],
      'no-stream',
    )
    const commands = commandRunner({ store, clock, random: () => 0 })
    const outcome = await commands.run(tea, '1', { grams: 3 }, context)
    expect(outcome).toMatchObject({ kind: 'accepted', state: { grams: 8 }, revision: 1 })
    expect(
      store.events.map(({ data, metadata: { schemaVersion } }) => ({ data, schemaVersion })),
    ).toStrictEqual([
      { schemaVersion: 1, data: { leaf: 5 } },
      { schemaVersion: 2, data: { leafGrams: 3, for: 'hanako@example.com' } },
    ])
  })

  it('that cannot be lifted refuses the command, which changes nothing', async () => {
    const clock = manualClock(0)
    const store = memoryLog(clock)
    await store.append(
      'tea-1',
      [{ id: '1', type: 'TeaBrewed', data: {}, metadata: { ...metadata, schemaVersion: 1 } }],
      'no-stream',
    )
    const commands = commandRunner({ store, clock, random: () => 0 })
    for (const options of [{}, { expectNew: true }])
      await expect(commands.run(tea, '1', { grams: 3 }, context, options)).rejects.toThrow(UndecodableEvent)
    await expect(commands.recent(tea, '1')).rejects.toThrow(UndecodableEvent)
    expect(store.events).toHaveLength(1)
    expect(await commands.run(tea, '2', { grams: 3 }, context)).toMatchObject({ kind: 'accepted' })
  })
})

describe('metadata', () => {
  const read = (given: NonNullable<ResolvedEvent['event']>['metadata']) =>
    recordedEvent({
      event: {
        streamId: 'tea-1',
        revision: 0n,
        id: 'id',
        type: 'TeaBrewed',
        data: {},
        metadata: given,
        isJson: true,
        created: new Date(0),
        position: { commit: 1n, prepare: 1n },
      },
    })?.metadata

  it('that is partly broken still tells whose event it is, and is of no version that anybody reads', () => {
    expect(read({ $correlationId: 'order-1', actor: 5, schemaVersion: 'two', traceparent: 1 })).toStrictEqual(
      {
        correlationId: 'order-1',
        causationId: '',
        commandId: '',
        actor: '',
        schemaVersion: 0,
      },
    )
    expect(() => codec.decode('TeaBrewed', 0, recorded.data)).toThrow('no upcaster from version 0')
  })

  it.each([
    ['text', JSON.parse('"text"')],
    ['bytes', new Uint8Array([1])],
    ['a number', JSON.parse('7')],
    ['a list', []],
  ])('that is %s is of no version that anybody reads', (_, given) => {
    expect(read(given)).toMatchObject({ correlationId: '', schemaVersion: 0 })
  })

  it('that is absent is that of a stranger’s first version', () => {
    expect(read(undefined)).toMatchObject({ correlationId: '', schemaVersion: 1 })
  })
})
