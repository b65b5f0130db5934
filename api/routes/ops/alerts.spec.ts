import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alert } from '#domain/alert/aggregate.ts'
import type { RaiseAlert } from '#domain/alert/commands.ts'
import { raiseAlert } from '#domain/alert/samples.ts'
import type { Role } from '#platform/identity/port.ts'
import { apiBench, type ApiBench, type Browser } from '../../testing.ts'
import { saying } from './testing.ts'

const ALERTS = '/api/ops/alerts'
interface Listed {
  items: { alertId: string }[]
  next?: number
  counts: object[]
}

describe('the alerts under /api/ops', () => {
  let bench: ApiBench
  let operator: Browser
  beforeAll(async () => {
    bench = await apiBench()
    operator = await bench.signIn('operator@example.com', ['operator'])
  })
  afterAll(() => bench.close())

  const raise = async (
    differing: Partial<RaiseAlert> = {},
  ): Promise<{ alertId: string; position: number }> => {
    const alertId = randomUUID()
    const outcome = await bench.deps.commands.run(
      alert,
      alertId,
      { ...raiseAlert, alertId, ...differing },
      {
        commandId: randomUUID(),
        correlationId: raiseAlert.orderId ?? alertId,
        causationId: raiseAlert.triggerEventId,
        actor: 'process:alerting',
      },
    )
    if (outcome.kind === 'refused') throw new Error(outcome.refusal)
    return { alertId, position: outcome.position }
  }
  const act = (
    alertId: string,
    deed: string,
    body: object = {},
    key: string = randomUUID(),
    by: Browser = operator,
  ) =>
    by.send({
      method: 'POST',
      url: `${ALERTS}/${alertId}/${deed}`,
      headers: { 'idempotency-key': key },
      payload: body,
    })
  const list = async (query: string) => (await operator.get(`${ALERTS}?${query}`)).json<Listed>()

  it('are listed by urgency in pages, found by each filter, and counted', async () => {
    const p2 = await raise({ rule: 'A', severity: 'P2' })
    const p1 = await raise()
    const { position } = await raise({
      rule: 'A',
      severity: 'P2',
      detectedAtMs: raiseAlert.detectedAtMs + 5_000,
    })
    const first = await list(`position=${position}&limit=1`)
    expect(first.items).toMatchObject([
      { alertId: p1.alertId, rule: 'C-double', severity: 'P1', status: 'NEW' },
    ])
    const second = await list(`limit=100&after=${first.next}`)
    expect(second.items).toHaveLength(2)
    expect(second.items[1]).toMatchObject({ alertId: p2.alertId })
    expect(second.next).toBeUndefined()
    expect((await list('severity=P1&status=OPEN')).items).toHaveLength(1)
    expect((await list(`rule=A&orderId=${raiseAlert.orderId}`)).items).toHaveLength(2)
    const later = new Date(raiseAlert.detectedAtMs + 1).toISOString()
    expect((await list(`from=${later}`)).items).toHaveLength(1)
    expect(first.counts).toStrictEqual([
      { rule: 'A', severity: 'P2', status: 'NEW', count: 2 },
      { rule: 'C-double', severity: 'P1', status: 'NEW', count: 1 },
    ])
    for (const query of ['severity=P3', 'status=DONE', 'limit=0', 'limit=101', 'from=today', 'after=-1'])
      expect(saying(await operator.get(`${ALERTS}?${query}`))).toEqual([400, 'invalid-query'])
    expect(saying(await operator.get(`${ALERTS}?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z`))).toEqual(
      [400, 'invalid-query'],
    )
  })

  it('answer 304 until one of them changes', async () => {
    const { alertId, position } = await raise()
    const url = `${ALERTS}?status=OPEN&position=${position}`
    const etag = String((await operator.get(url)).headers.etag)
    const again = (tag: string) => operator.send({ method: 'GET', url, headers: { 'if-none-match': tag } })
    const unchanged = await again(etag)
    expect([unchanged.statusCode, unchanged.body]).toEqual([304, ''])
    const noted = (await act(alertId, 'note', { text: 'Asked PayPay.' })).json<{ position: number }>()
    await bench.deps.waitFor(noted.position, 30_000)
    const changed = await again(etag)
    expect(changed.statusCode).toBe(200)
    expect(changed.headers.etag).not.toBe(etag)
    expect((await operator.get(`${ALERTS}?status=NEW`)).headers.etag).not.toBe(changed.headers.etag)
  })

  it('tell what was seen and expected, what to do next and what was done, as new as the reader’s own write', async () => {
    const { alertId } = await raise()
    const { customerId } = operator
    await act(alertId, 'acknowledge')
    await act(alertId, 'assign')
    await act(alertId, 'note', { text: ' Asked PayPay. ' })
    const { position } = (await act(alertId, 'resolve', { note: 'Paid out by hand.' })).json<{
      position: number
    }>()
    const reply = await operator.get(`${ALERTS}/${alertId}?position=${position}`)
    expect(reply.json()).toMatchObject({
      alertId,
      status: 'RESOLVED',
      observed: raiseAlert.observed,
      expected: raiseAlert.expected,
      facts: { paymentSuccessCount: 2 },
      nextAction: 'none',
      acknowledgedBy: customerId,
      assignee: customerId,
      resolvedBy: customerId,
      notes: 1,
      links: { order: `/api/orders/${raiseAlert.orderId}` },
      timeline: [],
      history: [
        { type: 'AlertRaised' },
        { type: 'AlertAcknowledged', by: customerId },
        { type: 'AlertAssigned', assignee: customerId },
        { type: 'AlertNoted', text: 'Asked PayPay.' },
        { type: 'AlertResolved', text: 'Paid out by hand.' },
      ],
      position,
    })
    const events = await bench.eventsOf(`alert-${alertId}`)
    expect(events.slice(1).map(({ metadata }) => metadata)).toMatchObject(
      Array.from({ length: 4 }, () => ({ actor: `staff:${customerId}`, correlationId: raiseAlert.orderId })),
    )
  })

  it('take each deed once per key, and tell a repeat from another request', async () => {
    const { alertId } = await raise()
    const key = randomUUID()
    const first = await act(alertId, 'note', { text: 'a' }, key)
    const many = await Promise.all([1, 2, 3].map(() => act(alertId, 'note', { text: 'a' }, key)))
    for (const again of many) expect([again.statusCode, again.json()]).toEqual([200, first.json()])
    expect(saying(await act(alertId, 'note', { text: 'b' }, key))).toEqual([422, 'idempotency-key-reused'])

    const toOne = randomUUID()
    const assigned = await act(alertId, 'assign', { assignee: 'staff-1' }, toOne)
    await act(alertId, 'assign', { assignee: 'staff-2' })
    expect((await act(alertId, 'assign', { assignee: 'staff-1' }, toOne)).json()).toEqual(assigned.json())
    expect(saying(await act(alertId, 'assign', { assignee: 'staff-3' }, toOne))).toEqual([
      422,
      'idempotency-key-reused',
    ])
    expect(await bench.typesOf(`alert-${alertId}`)).toEqual([
      'AlertRaised',
      'AlertNoted',
      'AlertAssigned',
      'AlertAssigned',
    ])
  })

  it('are acknowledged by the first who does, and refuse what comes too late', async () => {
    const { alertId } = await raise()
    const colleague = await bench.signIn('colleague@example.com', ['admin'])
    const first = await act(alertId, 'acknowledge')
    expect((await act(alertId, 'acknowledge', {}, randomUUID(), colleague)).json()).toEqual(first.json())
    const done = await act(alertId, 'resolve')
    expect((await act(alertId, 'resolve', {}, randomUUID(), colleague)).json()).toEqual(done.json())
    expect(saying(await act(alertId, 'resolve', { note: 'By hand.' }))).toEqual([
      409,
      'alert-already-resolved',
    ])
    expect(saying(await act(alertId, 'acknowledge'))).toEqual([409, 'alert-already-resolved'])
    expect(saying(await act(alertId, 'assign'))).toEqual([409, 'alert-already-resolved'])
    expect(saying(await act(alertId, 'note', { text: 'afterwards' }))).toEqual([200, undefined])
  })

  it('need no body where there is nothing to say', async () => {
    const { alertId } = await raise()
    for (const deed of ['acknowledge', 'assign', 'resolve']) {
      const bare = await operator.send({
        method: 'POST',
        url: `${ALERTS}/${alertId}/${deed}`,
        headers: { 'idempotency-key': randomUUID() },
      })
      expect(saying(bare)).toEqual([200, undefined])
    }
    const note = await operator.send({
      method: 'POST',
      url: `${ALERTS}/${alertId}/note`,
      headers: { 'idempotency-key': randomUUID() },
    })
    expect(saying(note)).toEqual([422, 'validation-failed'])
  })

  it('refuse what is no deed', async () => {
    const { alertId } = await raise()
    for (const [deed, body] of [
      ['note', {}],
      ['note', { text: '  ' }],
      ['note', { text: 'x'.repeat(1_001) }],
      ['resolve', { note: '' }],
      ['assign', { assignee: '' }],
      ['assign', { assignee: 'hanako@example.com' }],
      ['assign', { assignee: '山田 花子' }],
      ['assign', { asignee: 'staff-1' }],
    ] as const)
      expect(saying(await act(alertId, deed, body))).toEqual([422, 'validation-failed'])
    for (const id of [randomUUID(), 'garbage']) {
      expect(saying(await operator.get(`${ALERTS}/${id}`))).toEqual([404, 'alert-not-found'])
      expect(saying(await act(id, 'acknowledge'))).toEqual([404, 'alert-not-found'])
    }
    expect(saying(await operator.post(`${ALERTS}/${alertId}/acknowledge`, {}))).toEqual([
      400,
      'idempotency-key-missing',
    ])
    const forged = await operator.send({
      method: 'POST',
      url: `${ALERTS}/${alertId}/acknowledge`,
      headers: { 'idempotency-key': randomUUID(), 'x-csrf-token': 'forged' },
      payload: {},
    })
    expect(saying(forged)).toEqual([403, 'csrf-token-invalid'])
    expect(await bench.typesOf(`alert-${alertId}`)).toEqual(['AlertRaised'])
  })

  it.each<[Role, boolean, boolean, boolean]>([
    ['customer', false, false, false],
    ['auditor', true, false, false],
    ['support', true, true, false],
    ['operator', true, true, true],
    ['admin', true, true, true],
  ])('are for %s to read: %s, to note: %s, to see to: %s', async (role, reads, notes, sees) => {
    const { alertId, position } = await raise()
    const somebody = await bench.signIn(`${role}.alerts@example.com`, [role])
    const may = (allowed: boolean) => (allowed ? [200, undefined] : [403, 'role-missing'])
    expect(saying(await somebody.get(ALERTS))).toEqual(may(reads))
    expect(saying(await somebody.get(`${ALERTS}/${alertId}?position=${position}`))).toEqual(may(reads))
    expect(saying(await act(alertId, 'note', { text: 'a' }, randomUUID(), somebody))).toEqual(may(notes))
    for (const deed of ['acknowledge', 'assign', 'resolve'])
      expect(saying(await act(alertId, deed, {}, randomUUID(), somebody))).toEqual(may(sees))
  })
})
