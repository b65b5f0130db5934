import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MerchantPaymentId } from '#domain/ids.ts'
import { raised } from '#domain/alert/samples.ts'
import { unalerted } from '#domain/inconsistency/judging.ts'
import { attemptId, cancelled, failed, orderId, paid, placed, surplus } from '#domain/order/samples.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import type { ShopEvent } from '../events.ts'
import { documentsAfter, expectReplayIsHarmless, givenEvents, logOf, type Entry } from '../given.ts'
import { bookedTaken, inOrder, inPayment, saidTaken } from '../invariants/expect-rule.ts'
import { refundCompleted, refundRequested } from '#domain/payment/samples.ts'
import { INCONSISTENCY } from './collection.ts'
import type { Inconsistency } from './document.ts'
import { inconsistency } from './projection.ts'
import { inconsistencyQueries } from './queries.ts'

const told: Entry = {
  stream: 'alert-1c0e8f6a-5b7d-5e2f-9a43-0d6c7b8a9e10',
  event: raised,
  metadata: { correlationId: orderId },
}
const suspectFrom = (...entries: readonly Entry[]) =>
  givenEvents(inconsistency, ...entries).document?.suspectFromMs
const bodies = (documents: ReturnType<typeof documentsAfter>) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documents were made by this projection alone
  [...documents.values()].map(({ body }) => body as Inconsistency)

describe('the read model of inconsistencies', () => {
  it('has an order in its set while something could be wrong, and lets go of it by itself', () => {
    expect(suspectFrom(inOrder(placed))).toBeGreaterThan(1)
    expect(suspectFrom(inOrder(placed), bookedTaken())).toBe(1)
    expect(suspectFrom(inOrder(placed), saidTaken(), bookedTaken(), inOrder(paid(1)))).toBeUndefined()
    expect(suspectFrom(inOrder(placed), inOrder(cancelled))).toBeUndefined()
  })

  it('keeps a case whose alert is open', () => {
    expect(suspectFrom(inOrder(placed), inOrder(cancelled), told)).toBe(1)
  })

  it('is the same after any replay', () => {
    const late = [inOrder(placed), inOrder(failed), bookedTaken(), inOrder(surplus('LATE', 1))]
    const back = [inPayment(refundRequested('r1', 18_760)), inPayment(refundCompleted('r1')), told]
    expectReplayIsHarmless(inconsistency, fc.subarray([...late, ...back, saidTaken(), inOrder(paid(1))]))
  })

  it('finds nothing about 10,000 healthy orders, under way and in the end', () => {
    const healthy = [inOrder(placed), saidTaken(), bookedTaken(), inOrder(paid(1))]
    const entries = Array.from({ length: 10_000 }, (_, nth) =>
      healthy.map(({ stream, event }): Entry => {
        const [category = ''] = stream.split('-')
        const id = category === 'payment' ? `${attemptId(1)}-${nth}` : `${nth}`
        return {
          stream: `${category}-${id}`,
          event: ofAttempt(event, nth),
          metadata: { correlationId: `${nth}` },
        }
      }),
    ).flat()
    const documents = documentsAfter(inconsistency, logOf(entries))
    expect(documents.size).toBe(10_000)
    expect(bodies(documents).filter(({ suspectFromMs }) => suspectFromMs !== undefined)).toStrictEqual([])
    expect(bodies(documents).flatMap(({ facts }) => unalerted(facts))).toStrictEqual([])
  })

  it('is asked for suspects in pages, the longest due first', async () => {
    const readStore = openSqliteReadStore(':memory:')
    await readStore.prepare([INCONSISTENCY])
    const facts = { attempts: {}, alerts: {}, newestAtMs: 5 }
    const put = (id: string, suspectFromMs?: number) => ({
      kind: 'put' as const,
      collection: INCONSISTENCY.name,
      id,
      position: 1,
      body: { facts, ...(suspectFromMs !== undefined && { suspectFromMs }) },
    })
    await readStore.commit({
      writes: [put('c', 30), put('a', 1), put('well'), put('b', 20), put('later', 99)],
    })
    const queries = inconsistencyQueries(readStore)
    const ids = async (offset: number) => (await queries.suspects(30, offset, 2)).map(({ id }) => id)
    expect([await ids(0), await ids(2), await ids(4)]).toStrictEqual([['a', 'b'], ['c'], []])
    expect(await queries.newestAtMs()).toBe(5)
    await readStore.close()
  })
})

/** The same event about the attempt of the nth order. */
const ofAttempt = (event: ShopEvent, nth: number): ShopEvent =>
  event.type === 'OrderPaid'
    ? {
        ...event,
        data: { ...event.data, merchantPaymentId: MerchantPaymentId.parse(`${attemptId(1)}-${nth}`) },
      }
    : event
