import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PayPayClient } from './client.ts'
import { readinessOf } from './condition.ts'
import { PAYPAY_ORIGINS } from './environment.ts'
import { NOT_REVERSIBLE, REFUND_WINDOW_OVER } from './port.ts'
import {
  type ClientRig,
  codeOf,
  codeRequest,
  enveloped,
  reasonOf,
  refundRequest,
  scriptedClient,
  shiftingClock,
  startClientRig,
  value,
} from './spec-rig.ts'
import { MAX_CONNECTIONS } from './transport.ts'

/** The ways in which paying by PayPay loses money, as far as the client is what prevents them. */

let rig: ClientRig
let client: PayPayClient

beforeAll(async () => {
  rig = await startClientRig(9)
})
beforeEach(async () => {
  await rig.begin()
  client = rig.connect()
})
afterAll(async () => {
  await rig.stop()
})

const paid = async (id: string): Promise<string> => {
  value(await client.createCode(codeRequest(id)))
  await rig.sim('pay', { merchantPaymentId: id })
  const details = value(await client.paymentDetails(id))
  return details.kind === 'found' ? (details.paymentId ?? '') : ''
}

describe('failure mode 8: an answer with a wrong amount, currency or id', () => {
  it('is not believed when it names another payment', async () => {
    await paid('p1')
    await rig.sim('faults', { method: 'GET', kind: 'wrong-id' })
    expect(reasonOf(await client.paymentDetails('p1'))).toBe('unreadable-answer')
  })

  it('is passed on as it is, for the books to refuse, when it names the payment but other money', async () => {
    await paid('p1')
    await rig.sim('faults', { method: 'GET', kind: 'wrong-amount' })
    expect(value(await client.paymentDetails('p1'))).toMatchObject({ amountMinor: 7_491, currency: 'JPY' })
    await rig.sim('faults', { method: 'GET', kind: 'wrong-currency' })
    expect(value(await client.paymentDetails('p1'))).toMatchObject({ amountMinor: 7_490, currency: 'USD' })
  })

  it.each(['wrong-amount', 'wrong-currency', 'wrong-id'])('makes no code: %s', async (kind) => {
    await rig.sim('faults', { method: 'POST', kind })
    expect(reasonOf(await client.createCode(codeRequest('p1')))).toBe('unreadable-answer')
  })

  it.each(['wrong-amount', 'wrong-currency', 'wrong-id'])(
    'accepts and settles no refund: %s',
    async (kind) => {
      const paymentId = await paid('p1')
      await rig.sim('faults', { method: 'POST', kind })
      expect(reasonOf(await client.refundPayment(refundRequest('r1', paymentId)))).toBe('unreadable-answer')
      await rig.sim('faults', { method: 'GET', kind })
      const followed = await client.refundDetails('r1', paymentId)
      // How much was asked for is known to the caller only.
      if (kind === 'wrong-amount') expect(value(followed)).toMatchObject({ amountMinor: 2_001 })
      else expect(reasonOf(followed)).toBe('unreadable-answer')
    },
  )

  it('sums no refunds of another currency', async () => {
    const yen = { amount: 10, currency: 'JPY' }
    const refund = { merchantRefundId: 'r1', amount: { amount: 5, currency: 'USD' }, status: 'REFUNDED' }
    const data = { status: 'REFUNDED', paymentId: '0413', merchantPaymentId: 'p1', amount: yen }
    const { client, clock } = scriptedClient(() => ({
      body: enveloped('SUCCESS', { ...data, refunds: { data: [refund] } }),
    }))
    const outcome = client.paymentDetails('p1')
    await clock.advance(100)
    expect(reasonOf(await outcome)).toBe('unreadable-answer')
  })
})

describe('failure mode 9: not knowing is read as not paid', () => {
  it.each([
    ['html503', 'before'],
    ['maintenance', 'before'],
    ['500-unknown', 'before'],
    ['429', 'before'],
    ['reset', 'before'],
    ['cut-body', 'after'],
    ['hang', 'before'],
  ])('never with %s, for a paid payment as for an unpaid one', async (kind, phase) => {
    await paid('p1')
    value(await client.createCode(codeRequest('p2')))
    await rig.sim('faults', { method: 'GET', kind, phase, times: 1_000 })
    const hasty = rig.connect({ timeouts: { quickMs: kind === 'hang' || kind === '429' ? 60 : 5_000 } })
    for (const id of ['p1', 'p2', 'never-made']) {
      expect((await hasty.paymentDetails(id)).kind).toBe('unknown')
    }
  })

  it.each(['UNAUTHORIZED', 'OP_OUT_OF_SCOPE', 'SERVICE_ERROR', 'MAINTENANCE_MODE'])(
    'never with %s',
    async (code) => {
      await paid('p1')
      await rig.sim('faults', { method: 'GET', kind: 'refuse', code, times: 3 })
      expect((await client.paymentDetails('p1')).kind).toBe('unknown')
    },
  )

  it('never when nothing was even asked: circuit open, client closed', async () => {
    await paid('p1')
    await rig.sim('faults', { kind: 'refuse', code: 'UNAUTHORIZED' })
    await client.paymentDetails('p1')
    expect(reasonOf(await client.paymentDetails('p1'))).toBe('held-back')
    const closed = rig.connect()
    closed.close()
    expect(reasonOf(await closed.paymentDetails('p1'))).toBe('held-back')
  })

  it('and a buyer in the middle of paying is told from one who is not', async () => {
    await client.createCode(codeRequest('p1'))
    await client.createCode(codeRequest('p2'))
    await rig.sim('in-flight', { merchantPaymentId: 'p1' })
    for (const id of ['p1', 'p2']) await rig.sim('lapse', { merchantPaymentId: id })
    expect(value(await client.paymentDetails('p1'))).toHaveProperty('paymentId')
    expect(value(await client.paymentDetails('p2'))).not.toHaveProperty('paymentId')
  })
})

describe('failure mode 14: a clock two minutes off, a wrong merchant, a rotated secret', () => {
  it.each([
    ['the clock', { clock: { ...shiftingClock(), nowMs: () => Date.now() - 125_000 } }],
    ['the merchant', { merchantId: '990000000000000000' }],
    ['the secret', { apiSecret: 'rotated' }],
  ])('opens the circuit with one call and asks nothing more: %s', async (_, wrong) => {
    const ours = rig.connect(wrong)
    expect(reasonOf(await ours.paymentDetails('p1'))).toBe('unauthorized')
    for (let nth = 0; nth < 20; nth += 1) {
      expect(reasonOf(await ours.createCode(codeRequest(`p${nth}`)))).toBe('held-back')
    }
    expect(await rig.arrived()).toBe(1)
    expect(readinessOf(ours.condition())).toMatchObject({
      name: 'paypay',
      ok: true,
      detail: expect.stringContaining('circuit open after unauthorized'),
    })
  })

  it('closes the circuit by itself once we are accepted again', async () => {
    const clock = shiftingClock()
    const ours = rig.connect({ clock })
    await rig.sim('clock', { advanceMs: 125_000 })
    expect(reasonOf(await ours.paymentDetails('p1'))).toBe('unauthorized')
    clock.shift(1_000)
    expect(reasonOf(await ours.paymentDetails('p1'))).toBe('unauthorized')
    await rig.sim('clock', { reset: true })
    expect(reasonOf(await ours.paymentDetails('p1'))).toBe('held-back')
    clock.shift(2_000)
    expect(value(await ours.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
    expect(readinessOf(ours.condition())).toEqual({ name: 'paypay', ok: true })
  })

  it('closes the circuit although no buyer comes, by a probe that is sent only when it is due', async () => {
    const clock = shiftingClock()
    const ours = rig.connect({ clock })
    await ours.probe()
    expect(await rig.arrived()).toBe(0)
    await rig.sim('faults', { kind: 'refuse', code: 'OP_OUT_OF_SCOPE' })
    await ours.paymentDetails('p1')
    await ours.probe()
    expect(await rig.arrived()).toBe(1)
    clock.shift(1_000)
    await Promise.all([ours.probe(), ours.probe(), ours.probe()])
    expect(await rig.arrived()).toBe(2)
    expect(readinessOf(ours.condition()).detail).toBeUndefined()
  })

  it('says that the clocks drift apart long before PayPay refuses', async () => {
    await rig.sim('clock', { advanceMs: 25_000 })
    await client.paymentDetails('p1')
    expect(readinessOf(client.condition()).detail).toBeUndefined()
    await rig.sim('clock', { advanceMs: 20_000 })
    expect((await client.paymentDetails('p1')).kind).toBe('ok')
    expect(readinessOf(client.condition())).toEqual({
      name: 'paypay',
      ok: true,
      detail: expect.stringMatching(/^its clock is 4[3-5] s ahead$/),
    })
    expect(rig.calls.at(-1)?.clockSkewMs).toBeGreaterThan(43_000)
  })

  it('says how far, also in the answer that refuses', async () => {
    const ahead = rig.connect({ clock: { ...shiftingClock(), nowMs: () => Date.now() + 300_000 } })
    expect(reasonOf(await ahead.paymentDetails('p1'))).toBe('unauthorized')
    expect(readinessOf(ahead.condition()).detail).toMatch(
      /^circuit open after unauthorized; its clock is (299|300) s behind$/,
    )
  })
})

describe('failure mode 15: hung or cut connections', () => {
  const twoHundred = (of: PayPayClient) =>
    Promise.all(Array.from({ length: 200 }, (_, nth) => of.paymentDetails(`p${nth}`)))

  it.each([
    ['hang', 'before', 'http', 'timed-out'],
    ['hang', 'after', 'https', 'timed-out'],
    ['cut-body', 'after', 'http', 'connection-lost'],
    ['cut-body', 'after', 'https', 'connection-lost'],
  ])(
    'two hundred at once by %s %s the effect over %s are unknown, and the next call answers',
    async (kind, phase, scheme, reason) => {
      await rig.sim('faults', { kind, phase, times: 1_000_000 })
      const clock = shiftingClock()
      const ours = rig.connect({
        clock,
        timeouts: { quickMs: kind === 'hang' ? 2_500 : 30_000 },
        ...(scheme === 'http'
          ? {}
          : { baseUrl: `https://localhost:${rig.simulator.tlsPort}`, extraCaPem: rig.simulator.caPem }),
      })
      const startedAt = performance.now()
      const outcomes = await twoHundred(ours)
      // Far below what one after the other would take, and no wait outlives its call.
      expect(performance.now() - startedAt).toBeLessThan(50_000)
      expect(new Set(outcomes.map(reasonOf))).toEqual(new Set([reason]))
      expect(ours.condition().circuit).toMatchObject({ kind: 'open', because: 'failures' })

      await rig.sim('faults/clear')
      clock.shift(1_000)
      expect(value(await ours.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
      expect(ours.condition().circuit).toEqual({ kind: 'closed' })
    },
  )

  it('never hold more than the pool, and give every connection back', async () => {
    let open = 0
    let most = 0
    const deaf = createServer((socket) => {
      most = Math.max(most, (open += 1))
      socket.on('close', () => (open -= 1))
      socket.on('error', () => undefined)
      // Reads and says nothing.
      socket.resume()
    })
    const port = await new Promise<number>((resolve) => {
      deaf.listen(0, '127.0.0.1', () => {
        const address = deaf.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    const ours = rig.connect({ baseUrl: `http://127.0.0.1:${port}`, timeouts: { quickMs: 2_500 } })
    const outcomes = await twoHundred(ours)
    expect(new Set(outcomes.map(reasonOf))).toEqual(new Set(['timed-out']))
    expect(most).toBe(MAX_CONNECTIONS)
    // A spare one opened for a call that gave up meanwhile may idle a little longer.
    await expect.poll(() => open).toBeLessThanOrEqual(2)
    ours.close()
    await expect.poll(() => open).toBe(0)
    deaf.close()
  })
})

describe('failure mode 18: the edges of the windows', () => {
  const paidAt = '2026-11-21T23:59:59+09:00'
  const at = (moment: string) => rig.sim('clock', { freeze: Date.parse(moment) })
  beforeEach(async () => {
    await rig.sim('knobs', { authClock: 'real' })
    await at(paidAt)
  })

  it('a cancel is accepted at 00:14:59, Japan time, the day after', async () => {
    await paid('p1')
    await at('2026-11-22T00:14:59+09:00')
    expect(value(await client.cancelPayment('p1'))).toBe('accepted')
  })

  it('from 00:15:00 it is refused by name, and a refund goes through instead', async () => {
    const paymentId = await paid('p1')
    await at('2026-11-22T00:15:00+09:00')
    expect(codeOf(await client.cancelPayment('p1'))).toBe(NOT_REVERSIBLE)
    expect((await client.refundPayment(refundRequest('r1', paymentId))).kind).toBe('ok')
  })

  it('a refund goes through on day 365, and after it is refused by name', async () => {
    const paymentId = await paid('p1')
    await at('2027-11-22T00:00:00+09:00')
    expect(codeOf(await client.refundPayment(refundRequest('r1', paymentId)))).toBe(REFUND_WINDOW_OVER)
    await at('2027-11-21T23:59:59+09:00')
    expect((await client.refundPayment(refundRequest('r1', paymentId))).kind).toBe('ok')
  })
})

describe("failure mode 21: one environment's keys at another's address", () => {
  const { sandbox, production } = PAYPAY_ORIGINS
  const keys = { apiKey: 'a_realkey', apiSecret: 'top-secret' }

  it.each([
    ['sandbox at production', { ...keys, environment: 'sandbox', baseUrl: production }],
    ['production at the sandbox', { ...keys, environment: 'production', baseUrl: sandbox }],
    ['the simulator at PayPay', { ...keys, environment: 'simulator', baseUrl: production }],
    ['production at a stand-in', { ...keys, environment: 'production', baseUrl: 'http://127.0.0.1:8090' }],
    ["the simulator's keys at PayPay", { baseUrl: sandbox }],
    ['PayPay without TLS', { ...keys, baseUrl: sandbox.replace('https', 'http') }],
    ['an address of another kind', { ...keys, baseUrl: 'ftp://api.paypay.ne.jp' }],
  ] as const)('is refused before anything is sent: %s', (_, options) => {
    expect(() => rig.connect(options)).toThrow(TypeError)
    expect(() => rig.connect(options)).not.toThrow(/a_realkey|top-secret/)
  })

  it.each([
    ['sandbox', sandbox],
    ['production', production],
  ] as const)('is fine where they belong: %s', (environment, baseUrl) => {
    expect(() => rig.connect({ ...keys, environment, baseUrl })).not.toThrow()
    expect(() => rig.connect({ environment: 'simulator' })).not.toThrow()
  })
})
