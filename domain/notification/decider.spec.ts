import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import { expectAnyEventsFold, expectEventsSurviveTheLog, expectTwiceIsOnce } from '../laws.ts'
import { notificationCodec } from './codec.ts'
import type { RecordNotification } from './commands.ts'
import {
  KEPT_OF_STRANGERS,
  KEPT_OF_VOUCHED,
  notificationDecider,
  REMEMBERED_BODIES,
  ringDecider,
} from './decider.ts'
import type { NotificationEvent } from './events.ts'

type Sender = Pick<RecordNotification, 'trusted' | 'signature'>
const stranger: Sender = { trusted: false, signature: 'unsigned' }
const provider: Sender = { trusted: true, signature: 'unsigned' }
const gateway: Sender = { trusted: false, signature: 'verified' }

const posted = (n: number, sender: Sender = provider) => ({
  rawBody: `{"state":"COMPLETED","n":${n}}`,
  bodyEncoding: 'utf8' as const,
  bodyCut: false,
  bodyHash: n.toString(16).padStart(64, '0'),
  claim: { merchantPaymentId: 'kessai_1_a1', status: 'COMPLETED' },
  sourceAddress: '192.0.2.10',
  ...sender,
  verdict: 'known-payment' as const,
  receivedAtMs: 1_795_200_000_000,
})
const record = (n: number, sender?: Sender): RecordNotification => ({
  type: 'RecordNotification',
  ...posted(n, sender),
})
const receivedOne = (n: number, sender?: Sender): NotificationEvent => ({
  type: 'ProviderNotificationReceived',
  data: posted(n, sender),
})
const receivedMany = (count: number, sender: Sender, from = 0): NotificationEvent[] =>
  Array.from({ length: count }, (_, n) => receivedOne(from + n, sender))
const inbox = (...events: readonly NotificationEvent[]) => given(notificationDecider, ...events)
const ring = (...events: readonly NotificationEvent[]) => given(ringDecider, ...events)

describe('the inbox of notifications', () => {
  it('stores a body as it came, with what it claims', () => {
    inbox().when(record(1)).then(receivedOne(1))
    inbox(receivedOne(1)).when(record(2)).then(receivedOne(2))
    inbox()
      .when({ ...record(1), claim: {} })
      .then({ type: 'ProviderNotificationReceived', data: { ...posted(1), claim: {} } })
  })

  it('stores ten deliveries of one body once, whenever and from wherever they come', () => {
    inbox(receivedOne(1))
      .when({ ...record(1, stranger), receivedAtMs: 2, sourceAddress: '198.51.100.1' })
      .thenUnchanged()
    inbox(receivedOne(1), receivedOne(2)).when(record(1)).thenUnchanged()
  })

  it(`keeps ${KEPT_OF_STRANGERS} bodies of strangers, and a flood of theirs leaves the provider its room`, () => {
    const full = receivedMany(KEPT_OF_STRANGERS, stranger)
    inbox(...full.slice(1))
      .when(record(1_000, stranger))
      .then(receivedOne(1_000, stranger))
    inbox(...full)
      .when(record(1_000, stranger))
      .thenRefused('inbox-full')
    for (const sender of [provider, gateway])
      inbox(...full)
        .when(record(1_000, sender))
        .then(receivedOne(1_000, sender))
  })

  it(`keeps ${KEPT_OF_VOUCHED} bodies of senders that are vouched for`, () => {
    const full = receivedMany(KEPT_OF_VOUCHED, gateway)
    inbox(...full)
      .when(record(1_000, provider))
      .thenRefused('inbox-full')
    inbox(...full)
      .when(record(1_000, stranger))
      .then(receivedOne(1_000, stranger))
  })

  it('remembers every body it keeps, so that a repeat is told from one too many', () => {
    const full = [
      ...receivedMany(KEPT_OF_VOUCHED, provider),
      ...receivedMany(KEPT_OF_STRANGERS, stranger, KEPT_OF_VOUCHED),
    ]
    for (const n of [0, KEPT_OF_VOUCHED, full.length - 1])
      inbox(...full)
        .when(record(n, stranger))
        .thenUnchanged()
    inbox(...full)
      .when(record(full.length, stranger))
      .thenRefused('inbox-full')
  })

  const sender = fc.constantFrom(stranger, provider, gateway)
  const command = fc.tuple(fc.integer({ min: 0, max: 5 }), sender).map(([n, from]) => record(n, from))
  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(notificationDecider, command)
    expectTwiceIsOnce(ringDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(notificationDecider, notificationCodec, command)
  })

  it('folds any events', () => {
    expectAnyEventsFold(notificationDecider, [receivedOne(0), receivedOne(1, stranger)])
  })
})

describe('the ring of notifications about nothing of ours', () => {
  it('takes everything, and stores a body once', () => {
    const many = receivedMany(KEPT_OF_STRANGERS + 1, stranger)
    ring(...many)
      .when(record(1_000, stranger))
      .then(receivedOne(1_000, stranger))
    ring(...many)
      .when(record(3, stranger))
      .thenUnchanged()
  })

  it(`remembers the last ${REMEMBERED_BODIES} bodies and no more`, () => {
    const full = receivedMany(REMEMBERED_BODIES, stranger)
    ring(...full)
      .when(record(0))
      .thenUnchanged()
    const over = [...full, receivedOne(REMEMBERED_BODIES)]
    ring(...over)
      .when(record(0))
      .then(receivedOne(0))
    ring(...over)
      .when(record(1))
      .thenUnchanged()
    expect(fold(ringDecider, over).recentHashes).toHaveLength(REMEMBERED_BODIES)
  })
})

describe('an event of the first version', () => {
  it('is read as unsigned text of which no verdict was kept', () => {
    const { bodyEncoding: _1, bodyCut: _2, signature: _3, verdict: _4, ...first } = posted(1)
    expect(notificationCodec.decode('ProviderNotificationReceived', 1, first).data).toEqual({
      ...posted(1),
      verdict: 'not-recorded',
    })
  })
})
