import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import { expectAnyEventsFold, expectEventsSurviveTheLog, expectTwiceIsOnce } from '../laws.ts'
import { notificationCodec } from './codec.ts'
import type { RecordNotification } from './commands.ts'
import { notificationDecider, REMEMBERED_BODIES } from './decider.ts'
import type { NotificationEvent } from './events.ts'

const posted = (n: number) => ({
  rawBody: `{"state":"COMPLETED","n":${n}}`,
  bodyHash: n.toString(16).padStart(64, '0'),
  claim: { merchantPaymentId: 'kessai_1_a1', status: 'COMPLETED' },
  sourceAddress: '192.0.2.10',
  trusted: true,
  receivedAtMs: 1_795_200_000_000,
})
const record = (n: number): RecordNotification => ({ type: 'RecordNotification', ...posted(n) })
const receivedOne = (n: number): NotificationEvent => ({
  type: 'ProviderNotificationReceived',
  data: posted(n),
})
const inbox = (...events: readonly NotificationEvent[]) => given(notificationDecider, ...events)

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
      .when({ ...record(1), receivedAtMs: 2, sourceAddress: '198.51.100.1', trusted: false })
      .thenUnchanged()
    inbox(receivedOne(1), receivedOne(2)).when(record(1)).thenUnchanged()
  })

  it(`remembers the last ${REMEMBERED_BODIES} bodies and no more`, () => {
    const full = Array.from({ length: REMEMBERED_BODIES }, (_, n) => receivedOne(n))
    inbox(...full)
      .when(record(0))
      .thenUnchanged()
    const over = [...full, receivedOne(REMEMBERED_BODIES)]
    inbox(...over)
      .when(record(0))
      .then(receivedOne(0))
    inbox(...over)
      .when(record(1))
      .thenUnchanged()
    expect(fold(notificationDecider, over).recentHashes).toHaveLength(REMEMBERED_BODIES)
  })

  const command = fc.integer({ min: 0, max: 5 }).map(record)
  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(notificationDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(notificationDecider, notificationCodec, command)
  })

  it('folds any events', () => {
    expectAnyEventsFold(notificationDecider, [receivedOne(0), receivedOne(1)])
  })
})
