import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './spec-rig.ts'

let rig: Rig

beforeAll(async () => {
  rig = await startRig({ seed: 1 })
})
beforeEach(async () => {
  await rig.sim('reset')
})
afterAll(async () => {
  await rig.stop()
})

const details = (id: string) => rig.call('GET', `/v2/codes/payments/${id}`)
const paid = async (id: string): Promise<string> => {
  await rig.createCode(id)
  return String((await rig.sim('pay', { merchantPaymentId: id }))['paymentId'])
}
const refund = (merchantRefundId: string, paymentId: string, amount: number) =>
  rig.call('POST', '/v2/refunds', {
    merchantRefundId,
    paymentId,
    amount: { amount, currency: 'JPY' },
    requestedAt: 1_795_298_000,
    reason: '一部返品',
  })
const minuteMs = 60_000
const dayMs = 86_400_000

describe('every answer', () => {
  it('names its request, and repeats that name in the message of a refusal', async () => {
    const good = await rig.createCode('p1')
    const bad = await rig.createCode('p1')
    expect(good.headers.get('x-request-id')).toMatch(/^OPA[0-9A-F]{32}$/)
    expect(good.headers.get('content-type')).toBe('application/json;charset=UTF-8')
    expect(good.message).toBe('Success')
    expect(bad.message.endsWith(` | [${bad.headers.get('x-request-id')}]`)).toBe(true)
    expect(bad.headers.get('x-request-id')).not.toBe(good.headers.get('x-request-id'))
  })
})

describe('authentication', () => {
  it.each([
    ['another key', { apiKey: 'nobody' }],
    ['another secret', { apiSecret: 'guessed' }],
    ['another merchant', { merchantId: '1' }],
    ['no merchant', { merchantId: null }],
    ['a clock two minutes behind', { epochSeconds: Math.floor(Date.now() / 1000) - 125 }],
    ['a clock two minutes ahead', { epochSeconds: Math.floor(Date.now() / 1000) + 125 }],
    ['a body altered on the way', { sentBody: '{"merchantPaymentId":"evil"}' }],
    ['no authorisation at all', { authorization: 'Basic eDp5' }],
  ])('refuses %s', async (_, slip) => {
    const body = { merchantPaymentId: 'p1', amount: { amount: 1, currency: 'JPY' }, codeType: 'ORDER_QR' }
    const said = await rig.call('POST', '/v2/codes', body, slip)
    expect([said.status, said.code, said.codeId]).toEqual([401, 'UNAUTHORIZED', '08100016'])
    expect((await details('p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })

  it('goes by the virtual clock unless told otherwise', async () => {
    await rig.sim('clock', { advanceMs: 10 * minuteMs })
    expect((await details('p1')).code).toBe('UNAUTHORIZED')
    await rig.sim('knobs', { authClock: 'real' })
    expect((await details('p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })

  it('accepts a repeated nonce unless told otherwise', async () => {
    const again = { nonce: 'same', epochSeconds: Math.floor(Date.now() / 1000) }
    const codes = async () => (await rig.call('GET', '/v2/codes/payments/p1', undefined, again)).code
    expect([await codes(), await codes()]).toEqual(Array(2).fill('DYNAMIC_QR_PAYMENT_NOT_FOUND'))
    await rig.sim('knobs', { repeatedNonce: 'reject' })
    expect([await codes(), await codes()]).toEqual(['DYNAMIC_QR_PAYMENT_NOT_FOUND', 'UNAUTHORIZED'])
    const forged = { nonce: 'next', apiSecret: 'guessed' }
    await rig.call('GET', '/v2/codes/payments/p1', undefined, forged)
    const honest = await rig.call('GET', '/v2/codes/payments/p1', undefined, { nonce: 'next' })
    expect(honest.code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })
})

describe('creating a code', () => {
  it('answers 201 with the captured shape and a life of 300 to 302 seconds', async () => {
    await rig.sim('clock', { freeze: Math.floor(Date.now() / 1000) * 1000 })
    const { nowMs } = await rig.see('clock')
    const said = await rig.createCode('p1', {
      orderDescription: 'ご注文',
      redirectUrl: 'https://shop.example/r',
    })
    expect([said.status, said.code, said.codeId]).toEqual([201, 'SUCCESS', '08100001'])
    expect(said.data['codeId']).toMatch(/^04-[A-Za-z0-9]{16}$/)
    const linkKey = String(said.data['codeId']).slice(3)
    expect(said.data['url']).toBe(`${rig.simulator.url}/q/28180104${linkKey}`)
    expect(said.data['deeplink']).toBe(
      `paypay://payment?link_key=${encodeURIComponent(String(said.data['url']))}`,
    )
    const lifeSeconds = Number(said.data['expiryDate']) - Number(nowMs) / 1000
    expect(lifeSeconds).toBeGreaterThanOrEqual(300)
    expect(lifeSeconds).toBeLessThanOrEqual(302)
    expect(said.data).toMatchObject({
      merchantPaymentId: 'p1',
      amount: { amount: 7_490, currency: 'JPY' },
      codeType: 'ORDER_QR',
      orderDescription: 'ご注文',
      redirectUrl: 'https://shop.example/r',
      isAuthorization: false,
    })
  })

  it.each([
    ['an id with a space', { merchantPaymentId: 'p 1' }, 'INVALID_REQUEST_PARAMS'],
    ['an id of 65 characters', { merchantPaymentId: 'p'.repeat(65) }, 'INVALID_REQUEST_PARAMS'],
    ['no id', { merchantPaymentId: undefined }, 'MISSING_REQUEST_PARAMS'],
    ['no amount', { amount: undefined }, 'MISSING_REQUEST_PARAMS'],
    ['zero yen', { amount: { amount: 0, currency: 'JPY' } }, 'INVALID_REQUEST_PARAMS'],
    ['half a yen', { amount: { amount: 0.5, currency: 'JPY' } }, 'INVALID_REQUEST_PARAMS'],
    ['an amount as text', { amount: { amount: '10', currency: 'JPY' } }, 'INVALID_REQUEST_PARAMS'],
    ['dollars', { amount: { amount: 10, currency: 'USD' } }, 'INVALID_REQUEST_PARAMS'],
    ['another kind of code', { codeType: 'STATIC' }, 'INVALID_REQUEST_PARAMS'],
    ['a script to return to', { redirectUrl: 'javascript:alert(1)' }, 'INVALID_REQUEST_PARAMS'],
    ['a pre-authorisation', { isAuthorization: true }, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT'],
  ])('refuses %s', async (_, change, code) => {
    const said = await rig.createCode('p1', change)
    expect([said.status, said.code]).toEqual([400, code])
  })

  it('echoes the lines of the order with the price spelt as PayPay spells it', async () => {
    const line = { name: 'ほうじ茶', quantity: 3, productId: 't1' }
    const unitPrice = { amount: 400, currency: 'JPY' }
    const said = await rig.createCode('p1', { orderItems: [{ ...line, unitPrice }] })
    expect(said.data['orderItems']).toEqual([{ ...line, unit_price: unitPrice }])
    await rig.sim('pay', { merchantPaymentId: 'p1', method: 'POINT' })
    const paidDetails = (await details('p1')).data
    expect(paidDetails['orderItems']).toEqual([{ ...line, unit_price: unitPrice }])
    expect(paidDetails['paymentMethods']).toEqual([
      {
        amount: { amount: 7_490, currency: 'JPY' },
        type: 'POINT',
        breakdown: { points: [{ amount: 7_490, type: 'REGULAR' }] },
      },
    ])
  })

  it('refuses a repeated id', async () => {
    await rig.createCode('p1')
    const again = await rig.createCode('p1')
    expect([again.status, again.code, again.codeId]).toEqual([
      400,
      'DUPLICATE_DYNAMIC_QR_REQUEST',
      '01652073',
    ])
  })

  it('answers a repeated id with the earlier code if the knob says so', async () => {
    await rig.sim('knobs', { duplicateCreate: 'replay' })
    const first = await rig.createCode('p1')
    const again = await rig.createCode('p1', { amount: { amount: 1, currency: 'JPY' } })
    expect([again.status, again.data]).toEqual([201, first.data])
  })
})

describe('asking for a payment', () => {
  it('answers three fields for an unpaid code, before and long after it lapsed', async () => {
    await rig.sim('knobs', { authClock: 'real' })
    await rig.createCode('p1')
    expect((await details('p1')).data).toEqual({ status: 'CREATED', acceptedAt: 0, requestedAt: 0 })
    await rig.sim('clock', { advanceMs: 30 * dayMs })
    expect((await details('p1')).data).toEqual({ status: 'CREATED', acceptedAt: 0, requestedAt: 0 })
    await rig.sim('knobs', { lapsedAnswers: 'not-found' })
    expect((await details('p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })

  it('answers the captured shape for a paid one, in seconds', async () => {
    await rig.sim('clock', { freeze: true })
    const { nowMs } = await rig.see('clock')
    const paymentId = await paid('p1')
    const acceptedAt = Math.floor(Number(nowMs) / 1000)
    expect((await details('p1')).data).toEqual({
      paymentId,
      status: 'COMPLETED',
      acceptedAt,
      merchantPaymentId: 'p1',
      amount: { amount: 7_490, currency: 'JPY' },
      requestedAt: acceptedAt,
      storeId: '',
      terminalId: '',
      orderReceiptNumber: '',
      orderDescription: '',
      orderItems: [],
      paymentMethods: [{ amount: { amount: 7_490, currency: 'JPY' }, type: 'WALLET' }],
    })
    expect(paymentId).toMatch(/^0413\d{16}$/)
  })

  it.each([400, 404])('answers an unknown id with %i if the knob says so', async (notFoundStatus) => {
    await rig.sim('knobs', { notFoundStatus })
    const said = await details('nobody')
    expect([said.status, said.code, said.codeId]).toEqual([
      notFoundStatus,
      'DYNAMIC_QR_PAYMENT_NOT_FOUND',
      '01652075',
    ])
  })
})

describe('deleting a code', () => {
  const remove = async (id: string) => {
    const { data } = await rig.createCode(id)
    return `/v2/codes/${String(data['codeId'])}`
  }

  it('makes it unpayable and unknown, once', async () => {
    const target = await remove('p1')
    const said = await rig.call('DELETE', target)
    expect([said.status, said.data]).toEqual([200, { qrStatus: 'DELETED' }])
    expect((await details('p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
    expect((await rig.call('DELETE', target)).code).toBe('DYNAMIC_QR_NOT_FOUND')
    await expect(rig.sim('pay', { merchantPaymentId: 'p1' })).rejects.toThrow('409 {"error":"code-deleted"}')
  })

  it('comes too late for a paid code', async () => {
    const target = await remove('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    const said = await rig.call('DELETE', target)
    expect([said.status, said.code, said.codeId]).toEqual([400, 'DYNAMIC_QR_ALREADY_PAID', '01652074'])
  })

  it('does not stop a buyer who is already in the app', async () => {
    const target = await remove('p1')
    await rig.sim('in-flight', { merchantPaymentId: 'p1' })
    expect((await rig.call('DELETE', target)).status).toBe(200)
    expect((await details('p1')).data['paymentId']).toMatch(/^\d{20}$/)
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    expect((await details('p1')).data['status']).toBe('COMPLETED')
  })

  it('works for a client that names a content type although it sends no body', async () => {
    const target = await remove('p1')
    const said = await rig.call('DELETE', target, undefined, { contentType: 'application/json' })
    expect([said.status, said.code]).toEqual([200, 'SUCCESS'])
  })

  it('answers 404 for a code never made', async () => {
    const said = await rig.call('DELETE', '/v2/codes/04-neverneverneverx')
    expect([said.status, said.code, said.codeId]).toEqual([404, 'DYNAMIC_QR_NOT_FOUND', '01652072'])
  })
})

describe('a payment that comes late', () => {
  it('is refused after the code lapsed unless it is late on purpose', async () => {
    await rig.createCode('p1')
    await rig.sim('lapse', { merchantPaymentId: 'p1' })
    await expect(rig.sim('pay', { merchantPaymentId: 'p1' })).rejects.toThrow('409 {"error":"code-lapsed"}')
    await rig.sim('pay', { merchantPaymentId: 'p1', late: true })
    expect((await details('p1')).data['status']).toBe('COMPLETED')
  })

  it('goes through on a deleted code when late on purpose', async () => {
    const { data } = await rig.createCode('p1')
    await rig.call('DELETE', `/v2/codes/${String(data['codeId'])}`)
    await rig.sim('pay', { merchantPaymentId: 'p1', late: true })
    expect((await details('p1')).data['status']).toBe('COMPLETED')
  })

  it('goes through when the buyer scanned in time and the code lapsed by its own life', async () => {
    await rig.sim('knobs', { authClock: 'real' })
    await rig.createCode('p1')
    await rig.createCode('p2')
    await rig.sim('in-flight', { merchantPaymentId: 'p1' })
    await rig.sim('clock', { advanceMs: 303_000 })
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    expect((await details('p1')).data['status']).toBe('COMPLETED')
    await expect(rig.sim('pay', { merchantPaymentId: 'p2' })).rejects.toThrow('code-lapsed')
  })

  it('is refused twice, and for a payment nobody asked for', async () => {
    await paid('p1')
    await expect(rig.sim('pay', { merchantPaymentId: 'p1', late: true })).rejects.toThrow('already-paid')
    await expect(rig.sim('pay', { merchantPaymentId: 'p9' })).rejects.toThrow(
      '404 {"error":"unknown-payment"}',
    )
  })
})

describe('the control interface', () => {
  it.each([
    ['pay', {}],
    ['pay', { merchantPaymentId: 'p1', surprise: true }],
    ['clock', { advanceMs: -1 }],
    ['faults', { kind: 'explode' }],
    ['faults', { kind: 'hang', path: '/_sim' }],
    ['knobs', { codeLifeMs: 0 }],
    ['outage', {}],
    ['webhooks/target', { url: 'file:///etc/passwd' }],
    ['webhooks/forge', { body: 'x', fromAddress: 'somewhere' }],
  ])('refuses a malformed %s', async (path, body) => {
    await expect(rig.sim(path, body)).rejects.toThrow(/400 .*malformed-request/)
  })

  it('counts the calls of the API by route', async () => {
    await rig.createCode('p1')
    await details('p1')
    await details('p2')
    expect((await rig.see('state'))['calls']).toEqual({
      'POST /v2/codes': 1,
      'GET /v2/codes/payments/:id': 2,
    })
  })

  it('shows one payment whole', async () => {
    const paymentId = await paid('p1')
    await refund('r1', paymentId, 5)
    expect(await rig.see('state?merchantPaymentId=p1')).toMatchObject({
      status: 'REFUNDED',
      payment: { state: 'completed', paymentId },
      refunds: [{ merchantRefundId: 'r1', amountMinor: 5 }],
    })
    expect(await rig.see('state?merchantPaymentId=p2')).toEqual({ error: 'unknown-payment' })
  })
})
