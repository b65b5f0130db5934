import { describe, expect, it } from 'vitest'
import * as order from '#domain/order/samples.ts'
import * as stock from '#domain/stock/samples.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { ReadStore, Write } from '#platform/readstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import type { Entry } from '../given.ts'
import { append, host, startLog } from '../hosted.ts'
import { OrderAudit } from '../order-audit/document.ts'
import { orderAudit } from '../order-audit/projection.ts'
import { paymentLatency } from '../payment-latency/projection.ts'
import type { Projection } from '../projection.ts'
import { verify } from '../rebuild/verify.ts'
import { eachOnce } from './each-once.ts'
import { eventLog } from './projection.ts'

const ENTRIES: readonly Entry[] = ['1', '2', '3'].flatMap((id) => [
  { stream: `order-${id}`, event: order.placed },
  { stream: `stock-tea-${id}`, event: stock.received(`receipt-${id}`, 5) },
  { stream: `order-${id}`, event: order.cancelled },
])

const signal = new AbortController().signal

/** The log above, and what a shop that folds it so has stored of it. */
const shop = async (...projections: readonly Projection[]) => {
  const store = await startLog(startNode)
  const readStore = emptyReadStore()
  const position = await append(store, ENTRIES)
  const { waitFor, stop } = host(store, readStore, ...projections)
  expect(await waitFor(position, PATIENCE_MS)).toBe(true)
  await stop()
  return { store, readStore }
}

const put = ({ collection }: Projection, id: string, position: number, body: object): Write => ({
  kind: 'put',
  collection: collection.name,
  id,
  position,
  body,
})
const change = async (
  readStore: ReadStore,
  projection: Projection,
  id: string,
  changed: (body: object) => object,
): Promise<void> => {
  const stored = await readStore.get(projection.collection.name, id)
  if (stored === undefined) throw new Error(`No ${id}`)
  await readStore.commit({ writes: [put(projection, id, stored.position, changed(stored.body))] })
}

describe('what auditors read', () => {
  it('holds each event of the log exactly once, and is what the log comes to', async () => {
    const { store, readStore } = await shop(orderAudit, eventLog, paymentLatency)
    const asked = { store, readStore, signal }
    expect(await eachOnce({ ...asked, projection: orderAudit })).toEqual({ inLog: 6, held: 6, isExact: true })
    expect(await eachOnce({ ...asked, projection: eventLog })).toEqual({ inLog: 9, held: 9, isExact: true })
    expect(await eachOnce({ ...asked, projection: paymentLatency })).toBeUndefined()
    for (const [projection, documents] of [
      [orderAudit, 3],
      [eventLog, 9],
    ] as const) {
      const verdict = await verify({ ...asked, projection, scratch: emptyReadStore(), clock: systemClock })
      expect(verdict).toMatchObject({ documents, differing: 0 })
      expect(verdict.storedHash).toBe(verdict.freshHash)
    }
  })

  it('is looked at only as far as it has come, so that the shop may be open', async () => {
    const { store, readStore } = await shop(orderAudit, eventLog)
    await append(store, [{ stream: 'order-4', event: order.placed }])
    const asked = { store, readStore, signal }
    expect(await eachOnce({ ...asked, projection: orderAudit })).toMatchObject({ inLog: 6, isExact: true })
    expect(await eachOnce({ ...asked, projection: eventLog })).toMatchObject({ inLog: 9, isExact: true })
  })

  it('is shown to lack what every fold leaves out', async () => {
    const forgetful: Projection = {
      ...orderAudit,
      handles: orderAudit.handles.filter((type) => type !== 'OrderCancelled'),
    }
    const { store, readStore } = await shop(forgetful)
    const options = { store, readStore, projection: forgetful, signal }
    const { differing } = await verify({ ...options, scratch: emptyReadStore(), clock: systemClock })
    expect(differing).toBe(0)
    expect(await eachOnce(options)).toEqual({ inLog: 6, held: 3, isExact: false })
  })

  it('is shown to hold an event twice, or another in its place', async () => {
    const { store, readStore } = await shop(orderAudit)
    const asked = { store, readStore, projection: orderAudit, signal }
    const audit = (changed: (body: OrderAudit) => object) =>
      change(readStore, orderAudit, '2', (body) => changed(OrderAudit.parse(body)))
    await audit((body) => ({
      ...body,
      processedEventIds: [...body.processedEventIds, ...body.processedEventIds.slice(-1)],
      history: [...body.history, ...body.history.slice(-1)],
    }))
    expect(await eachOnce(asked)).toEqual({ inLog: 6, held: 7, isExact: false })
    await audit((body) => ({
      ...body,
      processedEventIds: ['another', ...body.processedEventIds.slice(1, 2)],
      history: body.history.slice(0, 2),
    }))
    expect(await eachOnce(asked)).toEqual({ inLog: 6, held: 6, isExact: false })
  })

  it('is shown to lack a document of the event log, and to have one of no event', async () => {
    const { store, readStore } = await shop(eventLog)
    const asked = { store, readStore, projection: eventLog, signal }
    const { name } = eventLog.collection
    const [first] = await readStore.scan(name, undefined, 1)
    await readStore.commit({ writes: [{ kind: 'delete', collection: name, id: first?.id ?? '' }] })
    expect(await eachOnce(asked)).toEqual({ inLog: 9, held: 8, isExact: false })
    await readStore.commit({ writes: [put(eventLog, 'nobody', first?.position ?? 0, first?.body ?? {})] })
    expect(await eachOnce(asked)).toEqual({ inLog: 9, held: 9, isExact: false })
  })
})
