import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, ProductId, type OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { Role } from '#platform/identity/port.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { ORDER_AUDIT } from '#projections/order-audit/collection.ts'
import type { OrderAudit } from '#projections/order-audit/document.ts'
import type { AuditEvent } from './event-rows.ts'
import { LEFT_OUT } from './shown.ts'
import { auditDesk, CODE, TOTAL, type AuditDesk } from './testing.ts'

interface Page {
  readonly items: readonly AuditEvent[]
  readonly next?: number
}
interface State {
  readonly revision: number
  readonly events: number
  readonly at: string
  readonly state: { readonly status?: string }
}

let desk: AuditDesk
let orderId: OrderId
let otherId: OrderId
beforeAll(async () => {
  desk = await auditDesk()
  orderId = await desk.place()
  await desk.makePayable(orderId)
  await desk.pay(orderId)
  otherId = await desk.place()
})
afterAll(() => desk.bench.close())

const asked = async <T>(address: string): Promise<T> => {
  const reply = await desk.auditor.get(address)
  expect([reply.statusCode, reply.headers['cache-control']]).toEqual([200, 'no-store'])
  return reply.json<T>()
}
const typesFound = async (query: string): Promise<string[]> =>
  (await asked<Page>(`/api/audit/events?${query}`)).items.map(({ type }) => type)
const refusal = async (address: string): Promise<unknown[]> => {
  const reply = await desk.auditor.get(address)
  return [reply.statusCode, reply.json<{ code?: string }>().code]
}

describe('who may read the audit log', () => {
  const addresses = (): string[] => [
    '/api/audit/events',
    '/api/audit/export?format=csv',
    `/api/audit/streams/order-${orderId}`,
    `/api/audit/orders/${orderId}`,
  ]

  it('is auditors and admins, and neither other staff, nor the buyer, nor a stranger', async () => {
    const statuses: Record<string, number[]> = {}
    for (const role of Role.options) {
      const browser = await desk.bench.signIn(`${role}@example.com`, [role])
      statuses[role] = []
      for (const address of addresses()) statuses[role].push((await browser.get(address)).statusCode)
    }
    expect(statuses).toEqual({
      customer: [403, 403, 403, 403],
      support: [403, 403, 403, 403],
      operator: [403, 403, 403, 403],
      auditor: [200, 200, 200, 200],
      admin: [200, 200, 200, 200],
    })
    for (const address of addresses()) {
      expect((await desk.bench.app.inject(address)).statusCode).toBe(401)
      expect((await desk.hanako.get(address)).json()).toMatchObject({ code: 'role-missing' })
    }
  })

  it('is on record with what they asked for', async () => {
    const cause = randomUUID()
    await asked(`/api/audit/events?causationId=${cause}`)
    await desk.auditor.get(`/api/audit/export?format=jsonl&causationId=${cause}`)
    const lines = desk.bench
      .logs()
      .split('\n')
      .filter((line) => line.includes(cause))
      .map((line): unknown => JSON.parse(line))
    expect(lines).toMatchObject(
      ['events', 'export'].map((audit) => ({
        level: 'info',
        audit,
        by: `staff:${desk.auditor.customerId}`,
        asked: { causationId: cause },
        msg: 'The audit log was read',
      })),
    )
  })
})

describe('the event log', () => {
  const STORY = ['OrderPlaced', 'PaymentRequested', 'PaymentCodeIssued', 'OrderAwaitingPayment', 'OrderPaid']

  it.each<[string, () => string, readonly string[]]>([
    ['order', () => `orderId=${orderId}`, STORY],
    ['correlation', () => `correlationId=${otherId}`, ['OrderPlaced']],
    ['cause', () => `causationId=cause-of-${orderId}`, STORY.slice(1)],
    ['customer', () => `customerId=${desk.hanako.customerId}`, [...STORY, 'OrderPlaced']],
    ['type', () => 'type=OrderPaid', ['OrderPaid']],
    ['actor', () => `actor=customer:${desk.hanako.customerId}`, ['OrderPlaced', 'OrderPlaced']],
    ['both', () => `orderId=${orderId}&actor=process:checkout&type=OrderPaid`, ['OrderPaid']],
    ['time', () => `orderId=${orderId}&to=2026-01-01T00:00:00Z`, []],
    ['nothing known', () => 'orderId=nobody', []],
  ])('finds by %s', async (_, query, types) => {
    expect(await typesFound(query())).toEqual(types)
  })

  it('finds by time, both ends included, whatever the offset', async () => {
    const [first] = (await asked<Page>(`/api/audit/events?orderId=${orderId}`)).items
    const at = first?.at ?? ''
    const inTokyo = new Date(Date.parse(at) + 9 * 3_600_000).toISOString().replace('Z', '+09:00')
    const query = `orderId=${orderId}&from=${at}&to=${encodeURIComponent(inTokyo)}`
    expect((await typesFound(query))[0]).toBe('OrderPlaced')
  })

  it('goes page by page through all of it, each event once', async () => {
    const all = (await asked<Page>('/api/audit/events?limit=200')).items
    const seen: AuditEvent[] = []
    for (let after: number | undefined = -1; after !== undefined && seen.length < 100;) {
      const page: Page = await asked(`/api/audit/events?limit=2${after < 0 ? '' : `&after=${after}`}`)
      seen.push(...page.items)
      after = page.next
    }
    expect(seen).toEqual(all)
    expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(all.length)
    expect(all.map(({ position }) => position)).toEqual(
      all.map(({ position }) => position).toSorted((a, b) => a - b),
    )
  })

  it('says where an event stands, and what it says only where that is asked for', async () => {
    const [bare] = (await asked<Page>(`/api/audit/events?orderId=${orderId}`)).items
    expect(bare).toEqual({
      eventId: expect.any(String),
      position: expect.any(Number),
      stream: `order-${orderId}`,
      category: 'order',
      revision: 0,
      type: 'OrderPlaced',
      correlationId: orderId,
      causationId: expect.any(String),
      actor: `customer:${desk.hanako.customerId}`,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    const told = (await asked<Page>(`/api/audit/events?orderId=${orderId}&withData=true`)).items
    expect(told[0]?.data).toMatchObject({
      customerId: desk.hanako.customerId,
      requestHash: LEFT_OUT,
      contact: { encrypted: true, keyId: expect.any(String), algorithm: 'A256GCM' },
      total: { amountMinor: TOTAL },
    })
    expect(told[2]?.data).toMatchObject({ codeId: LEFT_OUT, url: LEFT_OUT, deeplink: LEFT_OUT })
    const text = JSON.stringify(told)
    for (const secret of [...Object.values(CODE), '山田', 'hanako@example.com', 'ciphertext'])
      expect(text).not.toContain(secret)
  })

  it.each([
    'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    'from=yesterday',
    'limit=201',
    'limit=0',
    'after=-1',
    'withData=perhaps',
    `type=${'x'.repeat(201)}`,
  ])('refuses %s', async (query) => {
    expect(await refusal(`/api/audit/events?${query}`)).toEqual([400, 'invalid-query'])
  })
})

describe('the state of a stream', () => {
  const stateOf = (stream: string, query = ''): Promise<State> =>
    asked(`/api/audit/streams/${stream}${query}`)

  it('is what the shop’s own fold makes of it, now and at every revision', async () => {
    const stream = `order-${orderId}`
    expect(await stateOf(stream)).toMatchObject({
      stream,
      revision: 2,
      events: 3,
      state: { status: 'PAID', placed: { orderId, requestHash: LEFT_OUT }, refunds: {} },
    })
    const statuses = []
    for (const revision of [0, 1, 2, 9])
      statuses.push((await stateOf(stream, `?asOfRevision=${revision}`)).state.status)
    expect(statuses).toEqual(['PENDING', 'WAITING_PAYMENT', 'PAID', 'PAID'])
  })

  it('is what it was at a time, the moment itself included', async () => {
    const first = await stateOf(`order-${orderId}`, '?asOfRevision=0')
    const then = await stateOf(`order-${orderId}`, `?asOf=${first.at}`)
    expect(Date.parse(then.at)).toBe(Date.parse(first.at))
    expect((await stateOf(`order-${orderId}`, '?asOf=2999-01-01T00:00:00Z')).state.status).toBe('PAID')
    expect(await refusal(`/api/audit/streams/order-${orderId}?asOf=2020-01-01T00:00:00Z`)).toEqual([
      404,
      'stream-not-found',
    ])
  })

  it('holds no code that could be paid', async () => {
    const state = await stateOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)
    expect(state).toMatchObject({
      state: {
        status: 'open',
        code: { codeId: LEFT_OUT, url: LEFT_OUT, deeplink: LEFT_OUT, deleted: false },
      },
    })
    expect(JSON.stringify(state)).not.toContain('payable')
  })

  it('is told of stock and products too', async () => {
    expect(await stateOf('stock-sencha')).toMatchObject({ state: { available: 1_000 } })
    expect(await stateOf('product-sencha')).toMatchObject({
      state: { offer: { price: { amountMinor: TOTAL / 3 } } },
    })
  })

  it('is told of the processes, at any revision', async () => {
    const { commands } = desk.bench.deps
    const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
    const [context, atMs] = [desk.contextOf(orderId), 1_795_200_000_000]
    const plan = {
      orderId,
      lines: [{ productId: ProductId.parse('sencha'), quantity: 3 }],
      amount: money(TOTAL, 'JPY'),
      windowEndsAtMs: atMs,
      placedEventId: 'placed',
      atMs,
    }
    await commands.run(checkoutPlan, orderId, { type: 'StartCheckout', ...plan }, context)
    await commands.run(
      checkoutPlan,
      orderId,
      { type: 'EndCheckout', outcome: 'PAID', atMs },
      desk.contextOf(orderId),
    )
    const watched = { merchantPaymentId, orderId, windowEndsAtMs: atMs, requestedEventId: 'requested', atMs }
    await commands.run(
      watch,
      merchantPaymentId,
      { type: 'OpenConfirmation', ...watched },
      desk.contextOf(orderId),
    )
    expect(await stateOf(`checkout-${orderId}`, '?asOfRevision=0')).toMatchObject({
      state: { status: 'open', plan, attempt: 1 },
    })
    expect(await stateOf(`checkout-${orderId}`)).toMatchObject({
      state: { status: 'ended', outcome: 'PAID' },
    })
    expect(await stateOf(`confirmation-${merchantPaymentId}`)).toMatchObject({
      state: { status: 'open', watched },
    })
  })

  it('is not told of parked work, whose errors may quote anything', async () => {
    const { commands } = desk.bench.deps
    await commands.run(
      parking,
      'checkout',
      {
        type: 'ParkWork',
        key: orderId,
        work: { kind: 'deadline', name: 'window' },
        error: '山田花子',
        atMs: 1,
      },
      desk.contextOf(orderId),
    )
    expect(await refusal('/api/audit/streams/parked-checkout')).toEqual([404, 'stream-not-found'])
  })

  it('is refused where there is no such stream, and where both ways of asking are used', async () => {
    for (const stream of ['order-nobody', 'checkout-1', 'order', '$all', '%24ce-order', 'order-../../x'])
      expect((await refusal(`/api/audit/streams/${encodeURIComponent(stream)}`))[0]).toBe(404)
    expect(
      await refusal(`/api/audit/streams/order-${orderId}?asOfRevision=1&asOf=2026-01-01T00:00:00Z`),
    ).toEqual([400, 'invalid-query'])
  })

  it.each(['asOfRevision=', 'asOfRevision=%20', 'asOfRevision=-1', 'asOfRevision=1e0', 'asOf='])(
    'is refused for %s, which would else be told of another moment',
    async (question) => {
      expect(await refusal(`/api/audit/streams/order-${orderId}?${question}`)).toEqual([400, 'invalid-query'])
    },
  )
})

describe('the audit document of an order', () => {
  interface Proved {
    readonly document?: OrderAudit
    readonly matches: boolean
    readonly firstDifference?: unknown
  }
  const audit = (id: string): Promise<Proved> => asked(`/api/audit/orders/${id}`)

  it('is what the log says, and that is proved by folding it again', async () => {
    const { document, ...proof } = await audit(orderId)
    expect(proof).toEqual({ matches: true })
    expect(document).toMatchObject({ orderId, currentStatus: 'PAID' })
    expect(document?.history.map(({ status, by }) => [status, by])).toEqual([
      ['PENDING', 'customer'],
      ['WAITING_PAYMENT', 'process:checkout'],
      ['PAID', 'process:checkout'],
    ])
    expect(document?.processedEventIds).toEqual(
      (await desk.bench.eventsOf(`order-${orderId}`)).map(({ id }) => id),
    )
  })

  it('is shown to differ, and where, when somebody changed the copy', async () => {
    const { readStore } = desk.bench.deps
    const kept = await readStore.get<OrderAudit>(ORDER_AUDIT.name, otherId)
    const [placed] = kept?.body.history ?? []
    const put = (body: object) =>
      readStore.commit({
        writes: [
          { kind: 'put', collection: ORDER_AUDIT.name, id: otherId, position: kept?.position ?? 0, body },
        ],
      })
    await put({ ...kept?.body, history: [{ ...placed, by: 'staff:tanaka' }] })
    expect(await audit(otherId)).toMatchObject({
      matches: false,
      firstDifference: { path: 'history.0.by', stored: 'staff:tanaka', folded: 'customer' },
    })
    await readStore.commit({ writes: [{ kind: 'delete', collection: ORDER_AUDIT.name, id: otherId }] })
    const gone = await audit(otherId)
    expect([gone.matches, gone.document]).toEqual([false, undefined])
    await put(kept?.body ?? {})
    expect((await audit(otherId)).matches).toBe(true)
  })

  it('is not there for an order that is not there', async () => {
    for (const id of [randomUUID(), 'nobody'])
      expect(await refusal(`/api/audit/orders/${id}`)).toEqual([404, 'order-not-found'])
  })
})
