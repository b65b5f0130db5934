import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alert } from '#domain/alert/aggregate.ts'
import { raiseAlert } from '#domain/alert/samples.ts'
import { parkedAlertId } from '#processmanagers/alerting/parked-alert.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { PARKED_KEYS, type ParkedKey } from '#projections/parked-keys.ts'
import { parkedIdOf } from '../../parked/parked-id.ts'
import type { ParkedView } from '../../parked/parked-view.ts'
import { contextFor } from '../../realtime/testing.ts'
import { apiBench, until, type ApiBench, type Browser } from '../../testing.ts'
import { saying } from './testing.ts'

const URL = '/api/ops/parked'
/** How long a spec waits for what must come, also on a busy machine. */
const PATIENCE_MS = 20_000
const TIMEOUT_MS = 90_000

describe('what is parked', () => {
  let bench: ApiBench
  let operator: Browser
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha')
    operator = await bench.signIn('operator@example.com', ['operator'])
  })
  afterAll(() => bench.close())

  const listed = async (query = '?limit=100'): Promise<readonly ParkedView[]> =>
    (await operator.get(`${URL}${query}`)).json<{ items: ParkedView[] }>().items
  const found = async (id: string): Promise<ParkedView | undefined> =>
    (await listed()).find((each) => each.id === id)
  const replay = (id: string, by = operator) => by.post(`${URL}/${id}/replay`)

  /** Appends to a product's stock what this build cannot read, or something it can. */
  const toStock = async (type: string, data: object): Promise<void> => {
    const stream = 'stock-sencha'
    const { eventStore } = bench.deps
    const revision = (await eventStore.last(stream))?.revision ?? 'no-stream'
    const metadata = { ...contextFor('sencha'), schemaVersion: 1 }
    await eventStore.append(stream, [{ id: randomUUID(), type, data, metadata }], revision)
  }
  /** By a process that does not run here, so that nobody tries what is asked for. */
  const parkedByRelay = async (key: string): Promise<string> => {
    const work = { kind: 'deadline', name: 'ring' } as const
    const command = { type: 'ParkWork', key, work, error: 'Error: no', atMs: 1 } as const
    await bench.deps.commands.run(parking, 'relay', command, contextFor(key))
    return parkedIdOf({ name: 'relay', key })
  }

  it('is nothing in a shop where all is well', async () => {
    const reply = await operator.get(URL)
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.json()).toStrictEqual({ items: [] })
  })

  it(
    'is shown with its cause, tried again on request, and gone once the cause is mended',
    async () => {
      await toStock('StockReceived', { quantity: 'many' })
      const hanako = await bench.signIn('hanako@example.com')
      const placed = await hanako.order({
        items: [{ productId: 'sencha', quantity: 1 }],
        paymentMethod: 'PAYPAY',
      })
      const { orderId } = placed.json<{ orderId: string }>()
      const id = parkedIdOf({ name: 'checkout', key: orderId })
      const parked = await until('the order is parked', () => found(id), PATIENCE_MS)
      expect(parked).toStrictEqual({
        id,
        kind: 'process',
        name: 'checkout',
        key: orderId,
        waiting: 1,
        first: { kind: 'event', stream: `order-${orderId}`, revision: 0, type: 'OrderPlaced' },
        error: expect.stringContaining('stock-sencha'),
        since: expect.any(String),
        orderId,
        remedy: 'replay',
      })

      const [said] = (await bench.eventsOf('parked-checkout')).filter(({ type }) => type === 'WorkParked')
      const facts = { process: 'checkout', key: orderId, eventId: said?.id ?? '', atMs: 0 }
      const alertId = parkedAlertId(facts) ?? ''
      const raised = await bench.deps.commands.run(
        alert,
        alertId,
        { ...raiseAlert, alertId },
        contextFor(alertId),
      )
      if (raised.kind !== 'accepted') throw new Error('No alert')
      await bench.projections.waitFor(raised.position, PATIENCE_MS)
      expect(await found(id)).toMatchObject({ alertId })

      const asked = await replay(id)
      expect([asked.statusCode, asked.json()]).toStrictEqual([202, { id, changed: true }])
      const tried = await until(
        'it was tried',
        async () => {
          const now = await found(id)
          return now?.triedAt === undefined ? undefined : now
        },
        PATIENCE_MS,
      )
      expect(tried).toMatchObject({ error: expect.stringContaining('stock-sencha'), waiting: 1 })
      expect(tried).not.toHaveProperty('askedAt')

      await toStock('StockReceived', { productId: 'sencha', receiptId: 'mended', quantity: 5, atMs: 1 })
      await bench.deps.eventStore.keepOnly('stock-sencha', 1)
      expect((await replay(id)).json()).toMatchObject({ changed: true })
      await until('it is released', async () => (await found(id)) === undefined, PATIENCE_MS)
      expect(await bench.typesOf('stock-sencha')).toContain('StockReserved')
      expect(saying(await replay(id))).toStrictEqual([404, 'not-parked'])
    },
    TIMEOUT_MS,
  )

  it(
    'says of a read model the same, and what a replay cannot mend',
    async () => {
      const ofProduct = await until(
        'a document is parked',
        async () => (await listed()).find(({ kind, key }) => kind === 'projection' && key === 'sencha'),
        PATIENCE_MS,
      )
      expect(ofProduct).toMatchObject({ first: { stream: 'stock-sencha', type: 'StockReceived' } })
      const [stored] = (await bench.deps.readStore.find<ParkedKey>(PARKED_KEYS.name, { limit: 1 })).items
      if (stored === undefined) throw new Error('Nothing is parked')
      const body: ParkedKey = { ...stored.body, key: 'gap', eventId: '', position: 1 }
      const put = { kind: 'put', collection: PARKED_KEYS.name, id: `${body.projection}/gap` } as const
      await bench.deps.readStore.commit({ writes: [{ ...put, position: 1, body }] })
      const id = parkedIdOf({ name: body.projection, key: 'gap' })
      expect(await found(id)).toMatchObject({ remedy: 'rebuild' })
      expect(saying(await replay(id))).toStrictEqual([409, 'replay-needs-rebuild'])
      await bench.deps.readStore.commit({
        writes: [{ kind: 'delete', collection: put.collection, id: put.id }],
      })
    },
    TIMEOUT_MS,
  )

  it(
    'is asked for once, by operators and administrators, who are on record',
    async () => {
      const id = await parkedByRelay(`orders/${randomUUID()}`)
      for (const role of ['support', 'auditor'] as const) {
        const browser = await bench.signIn(`${role}@example.com`, [role])
        expect((await browser.get(URL)).statusCode).toBe(200)
        expect(saying(await replay(id, browser))).toStrictEqual([403, 'role-missing'])
      }
      const admin = await bench.signIn('admin@example.com', ['admin'])
      expect((await replay(id, admin)).json()).toStrictEqual({ id, changed: true })
      expect((await replay(id)).json()).toStrictEqual({ id, changed: false })
      expect(await found(id)).toMatchObject({
        first: { kind: 'alarm', name: 'ring' },
        askedAt: expect.any(String),
        orderId: expect.any(String),
      })
      const requests = (await bench.eventsOf('parked-relay')).filter(({ type }) => type === 'ReplayRequested')
      const actor = `staff:${admin.customerId}`
      expect(requests).toMatchObject([{ data: { by: actor }, metadata: { actor } }])
      const auditor = await bench.signIn('auditor@example.com', ['auditor'])
      const deeds = async () =>
        (await auditor.get(`/api/audit/events?type=StaffDeedBegun&withData=true&limit=100`)).body
      await until('the deed is on record', async () => (await deeds()).includes('relay/orders/'), PATIENCE_MS)
    },
    TIMEOUT_MS,
  )

  it(
    'is paged from the longest parked, each once',
    async () => {
      for (const key of ['k1', 'k2', 'k3']) await parkedByRelay(key)
      const all = (await listed()).map(({ id }) => id)
      expect(all.length).toBeGreaterThan(4)
      const paged: string[] = []
      let after = ''
      for (let page = 0; page <= all.length; page += 1) {
        const reply = (await operator.get(`${URL}?limit=2${after}`)).json<{
          items: ParkedView[]
          next?: string
        }>()
        paged.push(...reply.items.map(({ id }) => id))
        if (reply.next === undefined) break
        after = `&after=${reply.next}`
      }
      expect(paged).toStrictEqual(all)
      expect(paged.indexOf(parkedIdOf({ name: 'relay', key: 'k1' }))).toBeLessThan(
        paged.indexOf(parkedIdOf({ name: 'relay', key: 'k3' })),
      )
    },
    TIMEOUT_MS,
  )

  it('is not found under what is no id, or of what is no longer read', async () => {
    for (const id of ['nonsense', parkedIdOf({ name: 'order-summary@0', key: 'a' }), 'a'.repeat(250)])
      expect(saying(await replay(id))).toStrictEqual([404, 'not-parked'])
    expect((await operator.get(`${URL}?after=nonsense`)).statusCode).toBe(400)
  })
})
