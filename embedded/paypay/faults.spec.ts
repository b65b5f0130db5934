import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './spec-rig.ts'

let rig: Rig

beforeEach(async () => {
  rig = await startRig({ seed: 5 })
})
afterEach(async () => {
  await rig.stop()
})

/** Asks past the fault, because the fault is used up. */
const exists = async (id: string) => (await rig.call('GET', `/v2/codes/payments/${id}`)).code === 'SUCCESS'
const post = (path: string, signal?: AbortSignal) =>
  fetch(rig.simulator.url + path, { method: 'POST', ...(signal === undefined ? {} : { signal }) })

describe('a fault before the effect', () => {
  it.each(['reset', 'cut-body', 'html503', '429', '500-unknown'])(
    '%s leaves nothing behind',
    async (kind) => {
      await rig.sim('faults', { method: 'POST', path: '/v2/codes', kind, phase: 'before' })
      await rig.createCode('p1').catch(() => undefined)
      expect(await exists('p1')).toBe(false)
    },
  )
})

describe('a fault after the effect', () => {
  it.each(['reset', 'cut-body', 'html503', '429', '500-unknown'])('%s hides what was done', async (kind) => {
    await rig.sim('faults', { method: 'POST', path: '/v2/codes', kind, phase: 'after' })
    const said = await rig.createCode('p1').catch(() => undefined)
    expect(said?.code).not.toBe('SUCCESS')
    expect(await exists('p1')).toBe(true)
  })

  it('hang says nothing until the faults are cleared, and the code exists', async () => {
    await rig.sim('faults', { method: 'POST', path: '/v2/codes', kind: 'hang', phase: 'after' })
    const answer = rig.createCode('p1')
    const outcome = answer.then(
      () => 'answered',
      () => 'broken off',
    )
    await expect.poll(() => exists('p1')).toBe(true)
    expect(await rig.sim('faults/clear')).toMatchObject({ released: 1 })
    expect(await outcome).toBe('broken off')
  })
})

describe('the kinds of answer', () => {
  it('503 is a page, 429 and 500 are envelopes', async () => {
    await rig.sim('faults', { kind: 'html503' })
    const page = await post('/v2/codes')
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html'])
    await rig.sim('faults', { kind: '429' })
    expect(await (await post('/v2/codes')).json()).toMatchObject({
      resultInfo: { code: 'RATE_LIMIT', codeId: '08100998' },
    })
    await rig.sim('faults', { kind: '500-unknown' })
    expect(await (await post('/v2/codes')).json()).toMatchObject({
      resultInfo: { code: 'INTERNAL_SERVER_ERROR', codeId: '08101000' },
    })
  })

  it('a cut body promises more than it delivers', async () => {
    await rig.sim('faults', { kind: 'cut-body' })
    const response = await post('/v2/codes')
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(50)
    await expect(response.text()).rejects.toThrow('terminated')
  })

  it('slow is right, only later', async () => {
    await rig.sim('faults', { kind: 'slow', ms: 120 })
    const startedAt = performance.now()
    expect((await rig.createCode('p1')).code).toBe('SUCCESS')
    expect(performance.now() - startedAt).toBeGreaterThan(110)
  })

  it('a wrong amount is told of a payment that is right', async () => {
    await rig.createCode('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    await rig.sim('faults', { method: 'GET', kind: 'wrong-amount' })
    const amount = async () => (await rig.call('GET', '/v2/codes/payments/p1')).data['amount']
    expect(await amount()).toEqual({ amount: 7_491, currency: 'JPY' })
    expect(await amount()).toEqual({ amount: 7_490, currency: 'JPY' })
  })
})

describe('an answer that mixes something up', () => {
  it('names another currency or another payment, once, of a payment that is right', async () => {
    await rig.createCode('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    const look = async () => {
      const { data } = await rig.call('GET', '/v2/codes/payments/p1')
      return [data['merchantPaymentId'], data['amount']]
    }
    await rig.sim('faults', { method: 'GET', kind: 'wrong-currency' })
    expect(await look()).toEqual(['p1', { amount: 7_490, currency: 'USD' }])
    await rig.sim('faults', { method: 'GET', kind: 'wrong-id' })
    expect(await look()).toEqual(['p1-other', { amount: 7_490, currency: 'JPY' }])
    expect(await look()).toEqual(['p1', { amount: 7_490, currency: 'JPY' }])
  })

  it('leaves an answer that says neither as it is', async () => {
    await rig.createCode('p1')
    for (const kind of ['wrong-id', 'wrong-currency', 'wrong-amount']) {
      await rig.sim('faults', { method: 'GET', kind })
      const { data } = await rig.call('GET', '/v2/codes/payments/p1')
      expect(data).toEqual({ status: 'CREATED', acceptedAt: 0, requestedAt: 0 })
    }
  })
})

describe('the headers of an answer', () => {
  it.each(['429', 'html503', 'maintenance', '500-unknown'])('%s may say how long to wait', async (kind) => {
    await rig.sim('faults', { kind, retryAfterSeconds: 7 })
    const headers = async () => (await post('/v2/codes')).headers.get('retry-after')
    expect([await headers(), await headers()]).toEqual(['7', null])
  })

  it("tell the provider's time, by which signatures are judged", async () => {
    const atMs = Date.parse('2030-01-02T03:04:05Z')
    await rig.sim('clock', { freeze: atMs })
    const date = async () => (await post('/v2/codes')).headers.get('date')
    expect(await date()).toBe('Wed, 02 Jan 2030 03:04:05 GMT')
    await rig.sim('knobs', { authClock: 'real' })
    expect(Math.abs(Date.parse(String(await date())) - Date.now())).toBeLessThan(60_000)
  })
})

describe('whom a fault strikes', () => {
  it('the matching calls only, and only so many of them', async () => {
    await rig.sim('faults', { method: 'GET', path: '/v2/codes/payments', kind: '429', times: 2 })
    expect((await rig.createCode('p1')).status).toBe(201)
    const asked = []
    for (let ask = 0; ask < 3; ask += 1) asked.push((await rig.call('GET', '/v2/codes/payments/p1')).status)
    expect(asked).toEqual([429, 429, 200])
  })

  it('never the control interface or the cashier page', async () => {
    await rig.sim('outage', { on: true, kind: 'reset' })
    expect((await fetch(`${rig.simulator.url}/_sim/state`)).status).toBe(200)
    expect((await fetch(`${rig.simulator.url}/q/nothing`)).status).toBe(404)
  })
})

describe('an outage', () => {
  it('fails every call of the API until it ends', async () => {
    await rig.createCode('p1')
    await rig.sim('outage', { on: true })
    for (let ask = 0; ask < 3; ask += 1) expect((await post('/v2/codes')).status).toBe(503)
    await rig.sim('outage', { on: false })
    expect(await exists('p1')).toBe(true)
  })

  it('may hang, and lets go of everyone at its end', async () => {
    await rig.sim('outage', { on: true, kind: 'hang' })
    const hanging = Promise.allSettled([post('/v2/codes'), post('/v2/refunds')])
    await expect
      .poll(() => rig.see('state'))
      .toMatchObject({ calls: { 'POST /v2/refunds': 1, 'POST /v2/codes': 1 } })
    expect(await rig.sim('outage', { on: false })).toMatchObject({ released: 2 })
    expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
