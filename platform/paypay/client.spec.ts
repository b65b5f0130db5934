import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '#embedded/paypay/simulator.ts'
import {
  type PayPayClient,
  type PayPayClientOptions,
  type ProviderCall,
  createPayPayClient,
} from './client.ts'
import { DUPLICATE_CODE, NOT_REVERSIBLE, type ProviderOutcome, REFUND_THROTTLED } from './port.ts'

/** The client against the real simulator: every class of outcome of every call. */

let simulator: Simulator
let client: PayPayClient
let calls: ProviderCall[]
const open: PayPayClient[] = []

beforeAll(async () => {
  simulator = await startSimulator({ dataDir: ':memory:', seed: 4 })
})
beforeEach(async () => {
  await sim('reset')
  calls = []
  client = connect()
})
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})
afterAll(async () => {
  await simulator.stop()
})

function connect(options: Partial<PayPayClientOptions> = {}): PayPayClient {
  const made = createPayPayClient({
    baseUrl: simulator.url,
    ...simulator.credentials,
    onCall: (call) => calls.push(call),
    ...options,
  })
  open.push(made)
  return made
}

async function sim(path: string, body: object = {}): Promise<void> {
  const response = await fetch(`${simulator.url}/_sim/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`)
}

const codeRequest = (merchantPaymentId: string) => ({
  merchantPaymentId,
  amountMinor: 7_490,
  currency: 'JPY' as const,
  requestedAtMs: Date.now(),
})
const create = (id: string) => client.createCode(codeRequest(id))
const refundRequest = (merchantRefundId: string, paymentId: string, amountMinor = 2_000) => ({
  merchantRefundId,
  paymentId,
  amountMinor,
  currency: 'JPY' as const,
  requestedAtMs: Date.now(),
  reason: '一部返品',
})

function value<T>(outcome: ProviderOutcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

async function paid(id: string): Promise<string> {
  await create(id)
  await sim('pay', { merchantPaymentId: id })
  const details = value(await client.paymentDetails(id))
  return details.kind === 'found' ? (details.paymentId ?? '') : ''
}

const codeOf = (outcome: ProviderOutcome<unknown>) =>
  outcome.kind === 'refused' ? outcome.code : outcome.kind
const reasonOf = (outcome: ProviderOutcome<unknown>) =>
  outcome.kind === 'unknown' ? outcome.reason : outcome.kind

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
    expect(code.url).toContain(`${simulator.url}/q/`)
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
    await sim('faults', { phase, kind })
    const hasty = connect({ timeouts: { slowMs: 60, quickMs: 60 } })
    const patient = kind === 'hang' ? hasty : client
    expect(reasonOf(await call(patient))).toBe(reason)
    expect(calls.at(-1)).toMatchObject({ operation, outcome: 'unknown', reason })
  })

  it('is unauthorized, visibly, under a wrong secret', async () => {
    expect(await call(connect({ apiSecret: 'wrong' }))).toMatchObject({
      kind: 'unknown',
      reason: 'unauthorized',
      httpStatus: 401,
      requestId: expect.stringMatching(/^OPA/),
    })
    expect(calls).toMatchObject([{ operation, outcome: 'unknown', reason: 'unauthorized', httpStatus: 401 }])
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
    expect(reasonOf(await connect({ baseUrl: gone.url }).paymentDetails('p1'))).toBe('unreachable')
  })

  it('include a clock two minutes off', async () => {
    const slow = connect({ clock: { nowMs: () => Date.now() - 125_000 } })
    expect(reasonOf(await slow.paymentDetails('p1'))).toBe('unauthorized')
  })

  it('do not use up the connections: two hundred hang at once and the next call answers', async () => {
    await sim('faults', { kind: 'hang', times: 200 })
    const hasty = connect({ timeouts: { quickMs: 400 } })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, attempt) => hasty.paymentDetails(`p${attempt}`)),
    )
    expect(new Set(outcomes.map(reasonOf))).toEqual(new Set(['timed-out']))
    await sim('faults/clear')
    expect(value(await hasty.paymentDetails('p1'))).toEqual({ kind: 'not-found' })
  })
})

describe('over TLS', () => {
  const secure = (extraCaPem?: string) =>
    connect({
      baseUrl: `https://localhost:${simulator.tlsPort}`,
      ...(extraCaPem === undefined ? {} : { extraCaPem }),
    })

  it('works with the certificate given', async () => {
    expect(value(await secure(simulator.caPem).paymentDetails('p1'))).toEqual({ kind: 'not-found' })
  })

  it('reaches nobody it does not trust', async () => {
    expect(reasonOf(await secure().paymentDetails('p1'))).toBe('unreachable')
  })

  it.each([
    ['reset', 'connection-lost'],
    ['cut-body', 'connection-lost'],
  ])('%s is %s', async (kind, reason) => {
    await sim('faults', { kind, phase: 'after' })
    expect(reasonOf(await secure(simulator.caPem).createCode(codeRequest('p1')))).toBe(reason)
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
    expect(calls).toEqual([])
  })
})

describe('the record of a call', () => {
  it('names request, outcome and duration, and no secret', async () => {
    let nowMs = Date.now()
    const timed = connect({ clock: { nowMs: () => (nowMs += 5) }, nonce: () => 'fixed' })
    await timed.createCode(codeRequest('p1'))
    await timed.createCode(codeRequest('p1'))
    expect(calls).toEqual([
      {
        operation: 'create-code',
        outcome: 'ok',
        httpStatus: 201,
        requestId: expect.stringMatching(/^OPA/),
        durationMs: 5,
      },
      {
        operation: 'create-code',
        outcome: 'refused',
        code: DUPLICATE_CODE,
        httpStatus: 400,
        requestId: expect.stringMatching(/^OPA/),
        durationMs: 5,
      },
    ])
  })
})
