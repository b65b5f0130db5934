import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as alert from '#domain/alert/samples.ts'
import { alertCodec } from '#domain/alert/codec.ts'
import { money } from '#domain/money/money.ts'
import { orderCodec } from '#domain/order/codec.ts'
import * as order from '#domain/order/samples.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import * as payment from '#domain/payment/samples.ts'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { alertPublication } from './alerts/publication.ts'
import { orderPublication } from './orders/publication.ts'
import { paymentPublication } from './payments/publication.ts'
import { TOPICS, type Publication, type Said } from './publication.ts'
import { PUBLICATIONS } from './publications.ts'
import { recordedAs } from './testing.ts'

const at = (ms: number) => new Date(ms).toISOString()
const PLACED = at(order.PLACED_AT_MS)

const stream = <E extends DomainEvent>(name: string, codec: EventCodec<E>, events: readonly E[]) =>
  events.map((event, revision) =>
    recordedAs({ stream: name, type: event.type, orderId: order.orderId, ...codec.encode(event) }, revision),
  )
const orderStream = (...events: Parameters<typeof orderCodec.encode>[0][]) =>
  stream(`order-${order.orderId}`, orderCodec, events)
const paymentStream = (...events: Parameters<typeof paymentCodec.encode>[0][]) =>
  stream('payment-a1', paymentCodec, events)
const alertStream = (...events: Parameters<typeof alertCodec.encode>[0][]) =>
  stream(`alert-${alert.alertId}`, alertCodec, events)

/** A log of one stream, for translators that look back. */
const logOf = (events: readonly RecordedEvent[]) => ({
  async *read(_stream: string, from = 0, limit = Infinity) {
    yield* events.filter(({ revision }) => revision >= from).slice(0, limit)
  },
})

/** What these events say when they come one after the other. */
const said = async (publication: Publication, events: readonly RecordedEvent[]): Promise<Said[]> => {
  const translator = publication.translator(logOf(events))
  const messages: Said[] = []
  for (const recorded of events.filter(({ type }) => publication.types.includes(type))) {
    const message = await translator.translate(recorded)
    if (message !== undefined) messages.push(message)
  }
  return messages
}
const bodies = async (publication: Publication, events: readonly RecordedEvent[]) =>
  (await said(publication, events)).map(({ type, body }) => ({ type, ...body }))

describe('orders', () => {
  const change = { type: 'OrderStatusChanged', orderId: order.orderId, amount: order.total }

  it('are told of whenever their status is another one, and not of a second code or a refund in part', async () => {
    const history = orderStream(
      order.placed,
      order.awaiting(1),
      order.renewing(2),
      order.awaiting(2),
      order.paid(2),
      order.surplus('DOUBLE', 1),
      order.refundRequested('1', money(100, 'JPY')),
      order.partlyRefunded('1', money(100, 'JPY'), money(100, 'JPY')),
      order.refundRequested('2', money(18_660, 'JPY')),
      order.refundRejected('2'),
      order.refunded('3', money(18_660, 'JPY')),
    )
    expect(await bodies(orderPublication, history)).toEqual([
      { ...change, status: 'PENDING', at: PLACED },
      { ...change, status: 'WAITING_PAYMENT', previousStatus: 'PENDING', at: at(order.PLACED_AT_MS + 1) },
      {
        ...change,
        status: 'PAID',
        previousStatus: 'WAITING_PAYMENT',
        merchantPaymentId: order.attemptId(2),
        paidAt: at(order.PLACED_AT_MS + 60_000),
        at: at(order.PLACED_AT_MS + 61_000),
      },
      { ...change, status: 'REFUNDED', previousStatus: 'PAID', at: at(order.PLACED_AT_MS + 86_460_000) },
    ])
  })

  it.each([
    [order.failed, { status: 'FAILED', reason: 'PAYMENT_EXPIRED', at: at(order.WINDOW_ENDS_AT_MS) }],
    [order.cancelled, { status: 'CANCELLED', reason: 'USER_CANCEL', at: at(order.PLACED_AT_MS + 90_000) }],
  ])('end with the reason of $type', async (ended, expected) => {
    const messages = await bodies(orderPublication, orderStream(order.placed, ended))
    expect(messages.at(-1)).toEqual({ ...change, previousStatus: 'PENDING', ...expected })
  })
})

describe('payments', () => {
  const { merchantPaymentId } = payment.requestPayment
  const attempt = { orderId: order.orderId, merchantPaymentId, attempt: 1, amount: payment.amount }

  it('are told of when the provider holds the money, and not on the way there', async () => {
    const { requested, codeIssued, observed, completed, succeeded } = payment
    const history = paymentStream(requested, codeIssued, observed(completed), succeeded)
    expect(await bodies(paymentPublication, history)).toEqual([
      {
        type: 'PaymentSucceeded',
        ...attempt,
        paymentId: payment.paymentId,
        succeededAt: at(payment.AT_MS - 5_000),
        source: 'poll',
        at: at(payment.AT_MS),
      },
    ])
  })

  it('are told of when it took none for good, with a code of bounded length', async () => {
    const history = paymentStream(payment.requested, payment.failedAs('X'.repeat(1_000), 'webhook'))
    expect(await bodies(paymentPublication, history)).toEqual([
      {
        type: 'PaymentFailed',
        ...attempt,
        reason: 'X'.repeat(200),
        source: 'webhook',
        at: at(payment.AT_MS),
      },
    ])
  })

  it('have the order as their key and the attempt as their subject', async () => {
    const [message] = await said(paymentPublication, paymentStream(payment.requested, payment.succeeded))
    expect(message).toMatchObject({ key: order.orderId, subject: merchantPaymentId })
  })
})

describe('alerts', () => {
  const known = {
    alertId: alert.alertId,
    rule: 'C-double',
    severity: 'P1',
    orderId: alert.raiseAlert.orderId,
  }

  it('are told of with what the log said, when taken up, and when over', async () => {
    const history = alertStream(alert.raised, alert.acknowledged(), alert.noted('n', 'text'), alert.healed)
    const messages = await bodies(alertPublication, history)
    expect(messages).toEqual([
      {
        type: 'AlertRaised',
        ...known,
        subject: alert.raiseAlert.subject,
        detectedAt: at(alert.AT_MS),
        facts: {
          orderStatus: 'PAID',
          orderConfirmedAt: at(alert.AT_MS - 9_000),
          paymentSucceededAt: at(alert.AT_MS - 2_000),
          paymentSuccessCount: 2,
          orderTotal: money(18_760, 'JPY'),
          captured: money(37_520, 'JPY'),
          refunded: money(0, 'JPY'),
        },
        observed: alert.raiseAlert.observed,
        expected: alert.raiseAlert.expected,
        source: 'webhook',
        triggerEventId: alert.raiseAlert.triggerEventId,
        amount: money(18_760, 'JPY'),
      },
      { type: 'AlertAcknowledged', ...known, at: at(alert.AT_MS) },
      {
        type: 'AlertResolved',
        ...known,
        resolvedBy: 'healed',
        reason: 'surplus-refunded',
        at: at(alert.AT_MS),
      },
    ])
  })

  it('have the order as their key, and themselves where they concern none', async () => {
    const { orderId: _, ...aboutNoOrder } = alert.raiseAlert
    const { type: _type, ...data } = aboutNoOrder
    const keys = async (event: typeof alert.raised) =>
      (await said(alertPublication, alertStream(event, alert.resolved()))).map(({ key }) => key)
    expect(await keys(alert.raised)).toEqual([alert.raiseAlert.orderId, alert.raiseAlert.orderId])
    expect(await keys({ type: 'AlertRaised', data })).toEqual([alert.alertId, alert.alertId])
  })
})

const HISTORIES: readonly (readonly [Publication, readonly RecordedEvent[]])[] = [
  [orderPublication, orderStream(order.placed, order.awaiting(1), order.paid(1))],
  [paymentPublication, paymentStream(payment.requested, payment.codeIssued, payment.succeeded)],
  [alertPublication, alertStream(alert.raised, alert.acknowledged(), alert.healed)],
]

describe('every translation', () => {
  it('has a topic of its own, and types that no other has', () => {
    expect(PUBLICATIONS.map(({ topic }) => topic).toSorted()).toEqual([...TOPICS].toSorted())
    const types = PUBLICATIONS.flatMap(({ types }) => types)
    expect(new Set(types).size).toBe(types.length)
  })

  it.each(HISTORIES)(
    '$topic: says the same from wherever it begins, and whenever it is asked again',
    async (publication, history) => {
      const relevant = history.filter(({ type }) => publication.types.includes(type))
      const whole = await Promise.all(
        relevant.map((recorded) => publication.translator(logOf(history)).translate(recorded)),
      )
      const remembering = publication.translator(logOf(history))
      for (const turn of [relevant, relevant.slice(1), relevant])
        for (const recorded of turn)
          expect(await remembering.translate(recorded)).toEqual(whole[relevant.indexOf(recorded)])
    },
  )

  it.each(HISTORIES)(
    '$topic: does not guess when an event it builds on cannot be read',
    async (publication, history) => {
      const [first, ...rest] = history
      const last = rest.at(-1)
      if (first === undefined || last === undefined) throw new Error('A history has a beginning and an end')
      const broken = { ...first, metadata: { ...first.metadata, schemaVersion: 99 } }
      const { translate } = publication.translator(logOf([broken, ...rest]))
      await expect(translate(last)).rejects.toThrow(UndecodableEvent)
    },
  )

  it('says nothing of a person: neither who ordered or acted, nor what staff wrote (I14)', async () => {
    const word = fc.stringMatching(/^[a-z]{8,12}$/).map((letters) => `person${letters}`)
    /** Where the log names people, and where a field of another build might. */
    const personal = (event: RecordedEvent, person: string): RecordedEvent => ({
      ...event,
      data: {
        ...z.looseObject({}).parse(event.data),
        nickname: person,
        ...(event.type === 'OrderPlaced' ? { customerId: person } : {}),
        ...(event.type === 'AlertRaised' ? { source: `staff:${person}` } : {}),
      },
      metadata: { ...event.metadata, actor: `customer:${person}` },
    })
    await fc.assert(
      fc.asyncProperty(word, async (person) => {
        const histories: readonly (readonly [Publication, readonly RecordedEvent[]])[] = [
          ...HISTORIES,
          [orderPublication, orderStream(order.placed, order.cancelled)],
          [
            alertPublication,
            alertStream(alert.raised, alert.acknowledged(person), alert.resolved(`call ${person}`)),
          ],
        ]
        const messages = []
        for (const [publication, history] of histories)
          messages.push(
            ...(await said(
              publication,
              history.map((event) => personal(event, person)),
            )),
          )
        expect(messages.length).toBeGreaterThan(8)
        expect(JSON.stringify(messages)).not.toContain(person)
      }),
      { numRuns: 25 },
    )
  })
})
