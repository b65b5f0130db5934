import { describe, it } from 'vitest'
import type { EventMetadata, RecordedEvent } from '#platform/eventstore/port.ts'
import { expectOf } from './expect-rule.ts'
import { followed } from './rule.ts'
import { denseStreams, soundCauses } from './sound-log.ts'

type Telling = Omit<Partial<RecordedEvent>, 'metadata'> & { readonly metadata?: Partial<EventMetadata> }

const log = (...events: readonly Telling[]) =>
  events.map(({ metadata, ...event }, index) => ({
    recorded: {
      stream: 'order-1',
      revision: index,
      position: index * 10,
      id: `e${index}`,
      type: 'Anything',
      data: {},
      createdAtMs: 0,
      ...event,
      metadata: {
        correlationId: '1',
        causationId: 'request',
        commandId: 'command',
        actor: 'customer:1',
        schemaVersion: 1,
        ...metadata,
      },
    },
  }))
const found = (
  message: string,
  revision: number,
  facts: Record<string, string | number>,
  stream = 'order-1',
) => ({
  rule: 'I8' as const,
  orderId: '1',
  stream,
  message,
  facts: { revision, ...facts },
})

describe('I8, a stream', () => {
  const expectStreams = (...events: readonly Telling[]) => expectOf(followed(denseStreams), log(...events))
  const gap = (revision: number, after: number, stream = 'order-1') =>
    found('A stream is not dense and in order', revision, { after }, stream)

  it('has every revision in order', () => {
    expectStreams({}, {}, { stream: 'order-2', revision: 0 }, { revision: 2 }).toBeKept()
  })

  it('has no gap, no repeat, no swap and no missing beginning', () => {
    expectStreams({}, { revision: 2 }, { revision: 3 }).toFind(gap(2, 0))
    expectStreams({}, { revision: 0 }).toFind(gap(0, 0))
    expectStreams({}, { revision: 2 }, { revision: 1 }).toFind(gap(2, 0), gap(1, 2))
    expectStreams({ revision: 1 }).toFind(gap(1, -1))
  })

  it('may begin anywhere where only the newest events are kept, but never goes back', () => {
    for (const stream of ['cart-1', 'notification-unknown']) {
      expectStreams({ stream, revision: 7 }, { stream, revision: 9 }).toBeKept()
      expectStreams({ stream, revision: 7 }, { stream, revision: 7 }).toFind(gap(7, 7, stream))
    }
  })
})

describe('I8, ids and causes', () => {
  const expectEvents = (...events: readonly Telling[]) => expectOf(soundCauses(), log(...events))
  const byProcess = (causationId: string): Telling => ({
    metadata: { actor: 'process:checkout', causationId },
  })

  it('are sound when a process follows from an event before it, or from its own command', () => {
    expectEvents({}, byProcess('e0'), byProcess('e1'), byProcess('command')).toBeKept()
  })

  it('let a request lead to several events', () => {
    expectEvents({}, {}, {}).toBeKept()
  })

  it('never name an id twice', () => {
    expectEvents({}, {}, { id: 'e0' }).toFind(found('An event id came twice', 2, { eventId: 'e0' }))
  })

  it('stand in log order', () => {
    expectEvents({ position: 5 }, { position: 5 }).toFind(
      found('Events are not in log order', 1, { position: 5, after: 5 }),
    )
  })

  it('miss no cause of what a process did', () => {
    const missing = (revision: number, causationId: string) =>
      found('The cause of what a process did is not in the log before it', revision, { causationId })
    expectEvents({}, byProcess('e9')).toFind(missing(1, 'e9'))
    expectEvents(byProcess('e1'), {}).toFind(missing(0, 'e1'))
  })

  it('have no effect before its cause, and no event that caused itself', () => {
    const early = (revision: number) =>
      found('An event is the cause of what came before it', revision, { eventId: `e${revision}` })
    expectEvents({ metadata: { causationId: 'e1' } }, {}).toFind(early(1))
    expectEvents({ metadata: { causationId: 'e0' } }).toFind(early(0))
  })

  it('are named', () => {
    for (const metadata of [{ causationId: '' }, { commandId: '' }])
      expectEvents({ metadata }).toFind(found('An event names no cause or no command', 0, { eventId: 'e0' }))
  })
})
