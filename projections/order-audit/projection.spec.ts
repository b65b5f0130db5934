import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '#domain/order/events.ts'
import * as order from '#domain/order/samples.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import {
  documentsAfter,
  expectReplayIsHarmless,
  givenEvents,
  logOf,
  LOG_STARTS_AT_MS,
  positionOf,
  recordedAtMs,
  type Entry,
} from '../given.ts'
import { NOTE, rejected, requested, STAFF, staffRefundId } from '../order-summary/samples.ts'
import { ORDER_AUDIT } from './collection.ts'
import { AUDITED_STATUSES, MOST_CHANGES, OrderAudit } from './document.ts'
import { orderAudit } from './projection.ts'

const said = (event: OrderEvent, actor = 'process:checkout'): Entry => ({
  stream: `order-${order.orderId}`,
  event,
  metadata: { correlationId: order.orderId, actor },
})
const refunded: OrderEvent = {
  type: 'OrderRefunded',
  data: { refundId: staffRefundId(1), amount: order.total, refundedInTotal: order.total, atMs: 0 },
}
const [placed, ...later] = [
  said(order.placed, 'customer:customer-1'),
  said(order.awaiting(1)),
  said(order.paid(1)),
  said(order.failed),
  said(order.cancelled, 'staff:tanaka'),
  said(order.surplus('LATE', 1)),
  said(refunded),
] as const

const auditOf = (...entries: readonly Entry[]) => givenEvents(orderAudit, ...entries).document
const statusesOf = (...entries: readonly Entry[]) => auditOf(...entries)?.history.map(({ status }) => status)

describe('the order audit', () => {
  it('holds every change once, with status, reason, time, who, event and metadata', () => {
    expect(auditOf(placed, said(order.awaiting(1)), said(order.failed))).toStrictEqual({
      orderId: order.orderId,
      currentStatus: 'FAILED',
      processedEventIds: ['event-0', 'event-1', 'event-2'],
      history: [
        { status: 'PENDING', by: 'customer', metadata: { type: 'OrderPlaced', ...order.total } },
        {
          status: 'WAITING_PAYMENT',
          by: 'process:checkout',
          metadata: { type: 'OrderAwaitingPayment', attempt: 1, merchantPaymentId: order.attemptId(1) },
        },
        {
          status: 'FAILED',
          reason: 'PAYMENT_EXPIRED',
          by: 'process:checkout',
          metadata: { type: 'OrderFailed' },
        },
      ].map((change, index) => ({
        ...change,
        at: recordedAtMs(index),
        eventId: `event-${index}`,
        metadata: {
          ...change.metadata,
          revision: index,
          position: positionOf(index),
          commandId: `command-${index}`,
          correlationId: order.orderId,
          causationId: 'cause',
        },
      })),
      createdAt: LOG_STARTS_AT_MS,
      updatedAt: recordedAtMs(2),
    })
  })

  it.each<[string, readonly Entry[], readonly string[]]>([
    ['a code after the payment', [said(order.paid(1)), said(order.awaiting(2))], ['PAID', 'PAID']],
    ['a payment after the failure', [said(order.failed), said(order.paid(1))], ['FAILED', 'FAILED']],
    ['a cancel after the payment', [said(order.paid(1)), said(order.cancelled)], ['PAID', 'PAID']],
    [
      'a payment after it went back',
      [said(order.paid(1)), said(refunded), said(order.paid(1))],
      ['PAID', 'REFUNDED', 'REFUNDED'],
    ],
    ['a refund of what was never paid', [said(order.cancelled), said(refunded)], ['CANCELLED', 'CANCELLED']],
    [
      'a second placing',
      [said(order.awaiting(1)), said(order.placed)],
      ['WAITING_PAYMENT', 'WAITING_PAYMENT'],
    ],
  ])('records %s and never moves the status back', (_, entries, statuses) => {
    expect(statusesOf(placed, ...entries)).toStrictEqual(['PENDING', ...statuses])
    expect(auditOf(placed, ...entries)?.currentStatus).toBe(statuses.at(-1))
  })

  it('appends only: whatever comes, all that was on record stays as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...later), { maxLength: 30 }), (entries) => {
        const log = logOf([placed, ...entries])
        let before = auditOf(placed)?.history ?? []
        for (let length = 2; length <= log.length; length += 1) {
          const [audit] = documentsAfter(orderAudit, log.slice(0, length)).values()
          const { history, processedEventIds } = OrderAudit.parse(audit?.body)
          expect(history.slice(0, before.length)).toStrictEqual(before)
          expect(history).toHaveLength(length)
          expect(new Set(processedEventIds).size).toBe(length)
          before = history
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is the same after any replay', () => {
    expectReplayIsHarmless(
      orderAudit,
      fc.array(fc.constantFrom(...later), { maxLength: 30 }).map((entries) => [placed, ...entries]),
    )
  })

  it('takes the same event once, even at another position', () => {
    const log = logOf([placed, said(order.awaiting(1))])
    const again = log.map((event) => ({ ...event, position: event.position + 1_000 }))
    const once = documentsAfter(orderAudit, log)
    expect(documentsAfter(orderAudit, again, once)).toStrictEqual(once)
  })

  it('stops at a gap, at a beginning that is none, and beyond its bound', () => {
    const log = logOf([placed, said(order.awaiting(1)), said(order.paid(1))])
    expect(() => documentsAfter(orderAudit, [...log.slice(0, 1), ...log.slice(2)])).toThrow('in place of 1')
    expect(() => auditOf(said(order.paid(1)))).toThrow('begins with OrderPaid')
    const [full] = documentsAfter(orderAudit, log).values()
    const body = OrderAudit.parse(full?.body)
    const most = body.history.at(-1)
    const long = {
      ...body,
      history: Array.from({ length: MOST_CHANGES }, (_, revision) => ({
        ...most,
        metadata: { ...most?.metadata, revision },
      })),
    }
    const tooMuch = logOf(Array.from({ length: MOST_CHANGES + 1 }, () => placed)).slice(-1)
    const before = new Map([[order.orderId, { id: order.orderId, position: 1, body: long }]])
    expect(() => documentsAfter(orderAudit, tooMuch, before)).toThrow(`more than ${MOST_CHANGES}`)
  })

  it('names staff by their ids, no buyer, and neither notes nor hashes', () => {
    const audit = auditOf(
      placed,
      said(order.paid(1)),
      ...requested(1, 2_980).slice(0, 1),
      ...rejected(2).slice(-1),
      said(order.cancelled, 'staff:tanaka'),
    )
    expect(audit?.history.map(({ by }) => by)).toStrictEqual([
      'customer',
      'process:checkout',
      STAFF,
      'process:refunding',
      'staff:tanaka',
    ])
    const shown = JSON.stringify(audit)
    for (const secret of ['customer-1', NOTE, 'hash-1', '新米']) expect(shown).not.toContain(secret)
  })

  it('tells MongoDB the same schema, in words that every field is of', () => {
    expect(ORDER_AUDIT.schema).toMatchObject({
      bsonType: 'object',
      additionalProperties: false,
      required: ['orderId', 'currentStatus', 'processedEventIds', 'history', 'createdAt', 'updatedAt'],
      properties: {
        currentStatus: { bsonType: 'string', enum: [...AUDITED_STATUSES] },
        history: {
          bsonType: 'array',
          minItems: 1,
          maxItems: MOST_CHANGES,
          items: {
            required: ['status', 'at', 'by', 'eventId', 'metadata'],
            properties: { at: { bsonType: 'number', multipleOf: 1 } },
          },
        },
      },
    })
  })

  it('is taken by the engine that specs run against, and comes back the same', async () => {
    const readStore = emptyReadStore()
    await readStore.prepare([ORDER_AUDIT])
    const body = OrderAudit.parse(auditOf(placed, said(order.awaiting(1)), said(order.paid(1))))
    await readStore.commit({
      writes: [{ kind: 'put', collection: ORDER_AUDIT.name, id: body.orderId, position: 1, body }],
    })
    expect((await readStore.get(ORDER_AUDIT.name, body.orderId))?.body).toStrictEqual(body)
  })

  it('is refused by its own schema where the fold would write something else', () => {
    expect(() => auditOf(placed, said(order.paid(1), 'x'.repeat(101)))).toThrow('by')
  })
})
