import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator } from '#embedded/paypay/simulator.ts'
import { systemClock } from '../clock/clock.ts'
import type { PayPayClient } from './client.ts'
import { DUPLICATE_CODE, NOT_REVERSIBLE, type ProviderOutcome, REFUND_THROTTLED } from './port.ts'
import {
  type ClientRig,
  codeOf,
  codeRequest,
  impatientClock,
  reasonOf,
  refundRequest,
  scriptedClient,
  startClientRig,
  value,
} from './spec-rig.ts'

/** The client against the real simulator: every class of outcome of every call. */

let rig: ClientRig
let client: PayPayClient

beforeAll(async () => {
  rig = await startClientRig(4)
})
beforeEach(async () => {
  await rig.begin()
  client = rig.connect()
})
afterAll(async () => {
  await rig.stop()
})

const sim: ClientRig['sim'] = (path, body) => rig.sim(path, body)
const create = (id: string) => client.createCode(codeRequest(id))

async function paid(id: string): Promise<string> {
  await create(id)
  await sim('pay', { merchantPaymentId: id })
  const details = value(await client.paymentDetails(id))
  return details.kind === 'found' ? (details.paymentId ?? '') : ''
}

describe('a code', () => {
  it('is minted', async () => {
    await sim('clock', { freeze: Math.floor(Date.now() / 1000) * 1000 })
    const outcome = await client.createCode({
      ...codeRequest('p1'),
      description: '寿'.repeat(300),
      redirectUrl: 'https://shop.example/r',
      userAgent: 'Mozilla/5.0 (日本)',
    })
    const code = value(outcome)
    expect(code.codeId).toMatch(/^04-/)
    expect(code.url).toContain(`${rig.simulator.url}/q/`)
    expect(code.deeplink).toContain('paypay://')
    expect(code.expiresAtMs - Date.now()).toBeGreaterThan(297_000)
    expect(outcome.requestId).toMatch(/^OPA/)
  })

  it('is not minted twice', async () => {
    await create('p1')
    expect(await create('p1')).toMatchObject({ kind: 'refused', code: DUPLICATE_CODE, httpStatus: 400 })
  })

  it('is deleted, is then unknown, and cannot be deleted once paid', async () => {
    const { codeId } = value(await create('p1'))
    expect(value(await client.deleteCode(codeId))).toBe('deleted')
    expect(value(await client.deleteCode(codeId))).toBe('not-found')
    expect(value(await client.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
    const paidCode = value(await create('p2'))
    await sim('pay', { merchantPaymentId: 'p2' })
    expect(value(await client.deleteCode(paidCode.codeId))).toBe('already-paid')
  })
})

describe('the details of a payment', () => {
  it('are bare while unpaid', async () => {
    await create('p1')
    expect(value(await client.paymentDetails('p1'))).toEqual({
      kind: 'found',
      status: 'CREATED',
      refunds: [],
    })
  })

  it('carry a paymentId while the buyer is in the app', async () => {
    await create('p1')
    await sim('in-flight', { merchantPaymentId: 'p1' })
    expect(value(await client.paymentDetails('p1'))).toEqual({
      kind: 'found',
      status: 'CREATED',
      paymentId: expect.stringMatching(/^\d{20}$/),
      refunds: [],
    })
  })

  it('carry everything once paid and refunded in part', async () => {
    const atMs = Math.floor(Date.now() / 1000) * 1000
    await sim('clock', { freeze: atMs })
    const paymentId = await paid('p1')
    await client.refundPayment(refundRequest('r1', paymentId))
    expect(value(await client.paymentDetails('p1'))).toEqual({
      kind: 'found',
      status: 'REFUNDED',
      paymentId,
      amountMinor: 7_490,
      currency: 'JPY',
      acceptedAtMs: atMs,
      refunds: [{ merchantRefundId: 'r1', amountMinor: 2_000, status: 'CREATED' }],
    })
  })

  it.each([400, 404])('are not found with %i alike', async (notFoundStatus) => {
    await sim('knobs', { notFoundStatus })
    expect(value(await client.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
  })
})

describe('a cancel', () => {
  it('is accepted before and after the payment', async () => {
    await create('p1')
    expect(value(await client.cancelPayment('p1'))).toBe('accepted')
    await paid('p2')
    expect(value(await client.cancelPayment('p2'))).toBe('accepted')
    expect(value(await client.paymentDetails('p2'))).toMatchObject({ status: 'FAILED' })
  })

  it('comes too late on the day after', async () => {
    await sim('knobs', { authClock: 'real' })
    await paid('p1')
    await sim('clock', { advanceMs: 2 * 86_400_000 })
    expect(codeOf(await client.cancelPayment('p1'))).toBe(NOT_REVERSIBLE)
  })
})

describe('a refund', () => {
  it.each([200, 201])(
    'is accepted with %i, again under the same id, and followed to its end',
    async (refundHttpStatus) => {
      await sim('knobs', { refundSettleMs: null, refundHttpStatus })
      const paymentId = await paid('p1')
      expect(value(await client.refundDetails('r1', paymentId))).toEqual({ kind: 'not-found' })
      expect(value(await client.refundPayment(refundRequest('r1', paymentId)))).toEqual({ status: 'CREATED' })
      expect(value(await client.refundPayment(refundRequest('r1', paymentId)))).toEqual({ status: 'CREATED' })
      await sim('refunds/settle')
      expect(value(await client.refundDetails('r1', paymentId))).toEqual({
        kind: 'found',
        status: 'REFUNDED',
        amountMinor: 2_000,
      })
    },
  )

  it('is refused by name', async () => {
    const paymentId = await paid('p1')
    expect(codeOf(await client.refundPayment(refundRequest('r1', paymentId, 7_491)))).toBe('INVALID_PARAMS')
    await client.refundPayment(refundRequest('r1', paymentId))
    expect(codeOf(await client.refundPayment(refundRequest('r2', paymentId)))).toBe(REFUND_THROTTLED)
  })

  it('under an id already used for another amount is not mistaken for this one', async () => {
    const paymentId = await paid('p1')
    await client.refundPayment(refundRequest('r1', paymentId, 1_000))
    expect(reasonOf(await client.refundPayment(refundRequest('r1', paymentId, 2_000)))).toBe(
      'unreadable-answer',
    )
  })
})

const operations: [name: string, call: (of: PayPayClient) => Promise<ProviderOutcome<unknown>>][] = [
  ['create-code', (of) => of.createCode(codeRequest('p1'))],
  ['delete-code', (of) => of.deleteCode('04-x')],
  ['payment-details', (of) => of.paymentDetails('p1')],
  ['cancel-payment', (of) => of.cancelPayment('p1')],
  ['refund-payment', (of) => of.refundPayment(refundRequest('r1', '0413'))],
  ['refund-details', (of) => of.refundDetails('r1', '0413')],
]

describe.each(operations)('%s with an unknown outcome', (operation, call) => {
  it.each([
    ['before', 'hang', 'timed-out'],
    ['after', 'hang', 'timed-out'],
    ['before', 'reset', 'connection-lost'],
    ['after', 'reset', 'connection-lost'],
    ['after', 'cut-body', 'connection-lost'],
    ['before', 'html503', 'provider-error'],
    ['before', '429', 'rate-limited'],
    ['after', '500-unknown', 'provider-error'],
  ])('%s the effect, %s is %s', async (phase, kind, reason) => {
    await sim('faults', { phase, kind, times: 3 })
    const hasty = rig.connect({ timeouts: { slowMs: 60, quickMs: 60 } })
    const patient = kind === 'hang' ? hasty : rig.connect({ clock: impatientClock() })
    expect(reasonOf(await call(patient))).toBe(reason)
    const attempts = kind === 'hang' || operation === 'create-code' ? 1 : 3
    expect(rig.calls).toMatchObject(
      Array.from({ length: attempts }, (_, nth) => ({
        operation,
        attempt: nth + 1,
        outcome: 'unknown',
        reason,
      })),
    )
  })

  it('is unauthorized, visibly, under a wrong secret', async () => {
    expect(await call(rig.connect({ apiSecret: 'wrong' }))).toMatchObject({
      kind: 'unknown',
      reason: 'unauthorized',
      httpStatus: 401,
      requestId: expect.stringMatching(/^OPA/),
    })
    expect(rig.calls).toMatchObject([
      { operation, outcome: 'unknown', reason: 'unauthorized', httpStatus: 401 },
    ])
  })
})

describe('unknown outcomes', () => {
  it('are what they were: the code exists or not', async () => {
    await sim('faults', { method: 'POST', kind: 'reset', phase: 'before' })
    await create('p1')
    await sim('faults', { method: 'POST', kind: 'reset', phase: 'after' })
    await create('p2')
    expect(value(await client.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
    expect(value(await client.paymentDetails('p2'))).toMatchObject({ kind: 'found', status: 'CREATED' })
  })

  it('include an answer about another amount', async () => {
    await sim('faults', { kind: 'wrong-amount' })
    expect(reasonOf(await create('p1'))).toBe('unreadable-answer')
  })

  it('include nobody there', async () => {
    const gone = await startSimulator({ dataDir: ':memory:' })
    await gone.stop()
    expect(reasonOf(await rig.connect({ baseUrl: gone.url }).paymentDetails('p1'))).toBe('unreachable')
  })

  it('include a clock two minutes off', async () => {
    const slow = rig.connect({ clock: { ...systemClock, nowMs: () => Date.now() - 125_000 } })
    expect(reasonOf(await slow.paymentDetails('p1'))).toBe('unauthorized')
  })
})

describe('over TLS', () => {
  const secure = (extraCaPem?: string) =>
    rig.connect({
      baseUrl: `https://localhost:${rig.simulator.tlsPort}`,
      ...(extraCaPem === undefined ? {} : { extraCaPem }),
    })

  it('works with the certificate given', async () => {
    expect(value(await secure(rig.simulator.caPem).paymentDetails('p1'))).toEqual({ kind: 'not-found' })
  })

  it('reaches nobody it does not trust', async () => {
    expect(reasonOf(await secure().paymentDetails('p1'))).toBe('unreachable')
  })

  it.each([
    ['reset', 'connection-lost'],
    ['cut-body', 'connection-lost'],
  ])('%s is %s', async (kind, reason) => {
    await sim('faults', { kind, phase: 'after' })
    expect(reasonOf(await secure(rig.simulator.caPem).createCode(codeRequest('p1')))).toBe(reason)
  })
})

describe('a mistake of the caller', () => {
  it.each([
    ['an id with a slash', () => client.paymentDetails('a/../b')],
    ['an id too long', () => client.cancelPayment('x'.repeat(65))],
    ['a query in a code id', () => client.deleteCode('04-x?y=1')],
    ['a query in a payment id', () => client.refundDetails('r1', '1&assumeMerchant=2')],
    ['half a yen', () => client.createCode({ ...codeRequest('p1'), amountMinor: 0.5 })],
    ['nothing to refund', () => client.refundPayment(refundRequest('r1', '0413', 0))],
  ])('is thrown and never sent: %s', async (_, call) => {
    await expect(call()).rejects.toThrow(/^not an/)
    expect(rig.calls).toEqual([])
  })
})

describe('the record of a call', () => {
  it('names request, outcome, duration and the difference of the clocks, and no secret', async () => {
    const body = JSON.stringify({ resultInfo: { code: 'SERVICE_ERROR' } })
    const serverTimeMs = Date.parse('2026-11-21T12:01:00Z')
    const { client, clock, calls } = scriptedClient(() => ({
      httpStatus: 500,
      requestId: 'OPA1',
      serverTimeMs,
      body,
    }))
    const outcome = client.createCode(codeRequest('p1'))
    await clock.advance(1_000)
    expect((await outcome).kind).toBe('unknown')
    expect(calls).toEqual([
      {
        operation: 'create-code',
        attempt: 1,
        outcome: 'unknown',
        reason: 'provider-error',
        httpStatus: 500,
        requestId: 'OPA1',
        durationMs: 50,
        clockSkewMs: 59_950,
      },
    ])
  })

  it('carries the request id of every answer, refusals included', async () => {
    await create('p1')
    await create('p1')
    expect(rig.calls).toMatchObject([
      { outcome: 'ok', httpStatus: 201, requestId: expect.stringMatching(/^OPA/) },
      { outcome: 'refused', code: DUPLICATE_CODE, requestId: expect.stringMatching(/^OPA/) },
    ])
  })
})
