import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PayPayClient } from './client.ts'
import {
  CREATED,
  type ClientRig,
  codeRequest,
  enveloped,
  reasonOf,
  refundRequest,
  scriptedClient,
  startClientRig,
} from './spec-rig.ts'

let rig: ClientRig
let client: PayPayClient

beforeAll(async () => {
  rig = await startClientRig(16)
})
beforeEach(async () => {
  await rig.begin()
  client = rig.connect()
})
afterAll(async () => {
  await rig.stop()
})

describe('failure mode 16: too many requests, and maintenance', () => {
  const RATE_LIMITED = { httpStatus: 429, body: enveloped('RATE_LIMIT') }

  it('never sends more than the budget, however many ask', async () => {
    const { client, clock, sent } = scriptedClient(() => ({ body: CREATED }), {
      budget: { perSecond: 20, burst: 10 },
    })
    const asked = Array.from({ length: 900 }, (_, nth) => client.paymentDetails(`p${nth}`))
    await clock.advance(20_000)
    for (let atMs = 0; atMs < 20_000; atMs += 500) {
      const inOneSecond = sent.filter((one) => {
        const sinceMs = one.atMs - Date.parse('2026-11-21T12:00:00Z')
        return sinceMs >= atMs && sinceMs < atMs + 1_000
      })
      expect(inOneSecond.length).toBeLessThanOrEqual(30)
    }
    const outcomes = (await Promise.all(asked)).map(reasonOf)
    expect(outcomes.filter((reason) => reason === 'ok')).toHaveLength(sent.length)
    expect(outcomes.filter((reason) => reason === 'held-back')).toHaveLength(900 - sent.length)
  })

  it('asks ever more rarely while the answer stays 429, and is back at once when it ends', async () => {
    let limited = true
    const { client, clock, sent } = scriptedClient(() => (limited ? RATE_LIMITED : { body: CREATED }))
    const outcomes: string[] = []
    for (let second = 0; second < 120; second += 1) {
      for (let nth = 0; nth < 5; nth += 1) {
        void client.paymentDetails(`p${nth}`).then((outcome) => outcomes.push(reasonOf(outcome)))
      }
      await clock.advance(1_000)
    }
    // Six hundred calls, each good for three attempts, in two minutes.
    expect(sent.length).toBeLessThan(150)
    expect(sent.filter(({ atMs }) => atMs > clock.nowMs() - 60_000).length).toBeLessThan(60)
    expect(new Set(outcomes)).toEqual(new Set(['rate-limited', 'held-back']))
    limited = false
    await clock.advance(60_000)
    const after = client.paymentDetails('p1')
    await clock.advance(100)
    expect(reasonOf(await after)).toBe('ok')
  })

  it.each([
    ['a 429', { ...RATE_LIMITED, retryAfterMs: 3_000 }],
    ['a 503', { httpStatus: 503, body: '<h1>Maintenance</h1>', retryAfterMs: 3_000 }],
  ])('waits as long as %s says, with every call', async (_, busy) => {
    const { client, clock, sent } = scriptedClient((_request, nth) => (nth === 1 ? busy : { body: CREATED }))
    const startMs = clock.nowMs()
    const first = client.paymentDetails('p1')
    await clock.advance(100)
    const second = client.paymentDetails('p2')
    await clock.advance(5_000)
    expect([reasonOf(await first), reasonOf(await second)]).toEqual(['ok', 'ok'])
    expect(sent.slice(1).map(({ atMs }) => atMs - startMs)).toEqual([3_050, 3_055])
  })

  it('takes the 429s of one burst for one', async () => {
    const { client, clock } = scriptedClient(() => RATE_LIMITED)
    const burst = Array.from({ length: 50 }, (_, nth) => client.createCode(codeRequest(`p${nth}`)))
    await clock.advance(50)
    expect((await Promise.all(burst)).map(reasonOf)).toEqual(Array(50).fill('rate-limited'))
    expect(client.condition().heldUntilMs - clock.nowMs()).toBe(200)
  })

  it('does not let a buyer wait out a pause that is longer than the call, nor calls it a failure', async () => {
    const { client, clock, calls } = scriptedClient(() => ({ ...RATE_LIMITED, retryAfterMs: 120_000 }))
    const first = client.createCode(codeRequest('p1'))
    await clock.advance(100)
    expect(reasonOf(await first)).toBe('rate-limited')
    expect(reasonOf(await client.createCode(codeRequest('p2')))).toBe('held-back')
    expect(calls.map(({ reason }) => reason)).toEqual(['rate-limited', 'held-back'])
  })

  it('serves whoever waits for an answer first', async () => {
    const { client, clock, sent } = scriptedClient(() => ({ body: CREATED }), {
      budget: { perSecond: 1, burst: 1 },
    })
    void client.paymentDetails('first')
    for (const id of ['ladder-1', 'ladder-2']) void client.paymentDetails(id, 'whenever')
    void client.paymentDetails('watched')
    void client.paymentDetails('returned', 'now')
    await clock.advance(4_500)
    expect(sent.map(({ target }) => target.split('/').at(-1))).toEqual([
      'first',
      'returned',
      'watched',
      'ladder-1',
      'ladder-2',
    ])
    await clock.advance(15_000)
  })

  it.each(['html503', 'maintenance'])('is unknown to every call, never a no: %s', async (kind) => {
    await rig.sim('outage', { on: true, kind })
    const outcomes = [
      await client.createCode(codeRequest('p1')),
      await client.deleteCode('04-x'),
      await client.cancelPayment('p1'),
      await client.refundPayment(refundRequest('r1', '0413')),
    ]
    expect(new Set(outcomes.map(reasonOf))).toEqual(new Set(['provider-error']))
    expect(client.condition().circuit).toMatchObject({ kind: 'open', because: 'failures' })
  })

  it('a create is never sent a second time of its own accord', async () => {
    for (const reply of ['lost', RATE_LIMITED, { httpStatus: 503 }] as const) {
      const { client, clock, sent } = scriptedClient(() => reply)
      const outcome = client.createCode(codeRequest('p1'))
      await clock.advance(30_000)
      expect((await outcome).kind).toBe('unknown')
      expect(sent).toHaveLength(1)
    }
  })

  it('what may be repeated is, three times at most, signed afresh, and within its time', async () => {
    const { client, clock, sent } = scriptedClient(() => 'lost')
    const startMs = clock.nowMs()
    const outcome = client.refundPayment(refundRequest('r1', '0413'))
    await clock.advance(30_000)
    expect(reasonOf(await outcome)).toBe('connection-lost')
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1)
    expect(new Set(sent.map(({ headers }) => headers['authorization'])).size).toBe(3)
    expect(sent.every(({ atMs, timeoutMs }) => atMs + timeoutMs <= startMs + 30_000)).toBe(true)
  })

  it('leaves nobody hanging when the client is closed: between attempts, in the queue, on the wire', async () => {
    const { client, clock } = scriptedClient(() => RATE_LIMITED, { budget: { perSecond: 20, burst: 1 } })
    const outcomes = ['p1', 'p2', 'p3'].map((id) => client.paymentDetails(id))
    // The first has its answer and waits to repeat, the second is on the wire, the third has had no turn.
    await clock.advance(50)
    client.close()
    await clock.advance(50)
    expect((await Promise.all(outcomes)).map(reasonOf)).toEqual(['rate-limited', 'rate-limited', 'held-back'])
  })
})
