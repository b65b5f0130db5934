import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './spec-rig.ts'

/** PayPay's table of an instant sale: each event, the status after it, and the webhook it does or does not cause. */

let rig: Rig

beforeEach(async () => {
  rig = await startRig({ seed: 7 })
})
afterEach(async () => {
  await rig.stop()
})

const status = async () => (await rig.call('GET', '/v2/codes/payments/p1')).data['status']
const paymentId = async () => String((await rig.call('GET', '/v2/codes/payments/p1')).data['paymentId'])
const webhookStates = async () => (await rig.settledWebhooks()).map(({ json }) => json['state'])

describe('the transition table of an instant sale', () => {
  it('creating a code leads to CREATED and is not announced', async () => {
    await rig.createCode('p1')
    expect(await status()).toBe('CREATED')
    expect(await webhookStates()).toEqual([])
  })

  it('a payment leads from CREATED to COMPLETED and is announced once', async () => {
    await rig.createCode('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    expect(await status()).toBe('COMPLETED')
    expect(await webhookStates()).toEqual(['COMPLETED'])
  })

  it('a refund leads from COMPLETED to REFUNDED and is not announced, not even when it settles', async () => {
    await rig.createCode('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    const refund = { merchantRefundId: 'r1', paymentId: await paymentId(), requestedAt: 1, reason: 'x' }
    await rig.call('POST', '/v2/refunds', { ...refund, amount: { amount: 7_490, currency: 'JPY' } })
    await rig.sim('refunds/settle')
    expect(await status()).toBe('REFUNDED')
    expect(await webhookStates()).toEqual(['COMPLETED'])
  })

  it('a cancel leads from COMPLETED to FAILED and is not announced', async () => {
    await rig.createCode('p1')
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    expect((await rig.call('DELETE', '/v2/payments/p1')).status).toBe(202)
    expect(await status()).toBe('FAILED')
    expect(await webhookStates()).toEqual(['COMPLETED'])
  })

  it('a cancel before the payment is silent, lets the payment be announced, then fails it in silence', async () => {
    await rig.sim('knobs', { cancelSettleMs: 60_000 })
    await rig.createCode('p1')
    expect((await rig.call('DELETE', '/v2/payments/p1')).code).toBe('REQUEST_ACCEPTED')
    expect(await status()).toBe('CREATED')
    expect(await webhookStates()).toEqual([])
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    expect(await status()).toBe('COMPLETED')
    await rig.sim('clock', { advanceMs: 60_000 })
    expect(await status()).toBe('FAILED')
    expect(await webhookStates()).toEqual(['COMPLETED'])
  })

  it('opening the app stays CREATED, now with a paymentId, and is not announced', async () => {
    await rig.createCode('p1')
    await rig.sim('in-flight', { merchantPaymentId: 'p1' })
    const { data } = await rig.call('GET', '/v2/codes/payments/p1')
    expect(data['status']).toBe('CREATED')
    expect(data['paymentId']).toMatch(/^\d{20}$/)
    expect(await webhookStates()).toEqual([])
  })

  it('deleting or lapsing a code is not announced', async () => {
    const { data } = await rig.createCode('p1')
    await rig.createCode('p2')
    await rig.call('DELETE', `/v2/codes/${String(data['codeId'])}`)
    await rig.sim('lapse', { merchantPaymentId: 'p2' })
    expect(await webhookStates()).toEqual([])
  })

  it.each([
    [false, []],
    [true, ['FAILED']],
  ])('a failure at the provider is announced only on demand: %s', async (hook, expected) => {
    await rig.createCode('p1')
    await rig.sim('fail', { merchantPaymentId: 'p1', hook })
    expect(await status()).toBe('FAILED')
    expect(await webhookStates()).toEqual(expected)
  })

  it('the webhook has the captured shape', async () => {
    await rig.sim('clock', { freeze: Math.floor(Date.now() / 1000) * 1000 })
    await rig.createCode('p1', { storeId: 's1' })
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    const [hook] = await rig.settledWebhooks()
    expect(hook?.json).toEqual({
      notification_type: 'Transaction',
      store_id: 's1',
      paid_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/),
      merchant_order_id: 'p1',
      pos_id: '',
      order_amount: '7490',
      merchant_id: rig.simulator.credentials.merchantId,
      state: 'COMPLETED',
      order_id: await paymentId(),
    })
    const { nowMs } = await rig.see('clock')
    expect(Date.parse(String(hook?.json['paid_at']))).toBe(nowMs)
    expect(hook?.headers['content-type']).toBe('application/json')
    expect(Object.keys(hook?.headers ?? {}).filter((name) => name.includes('signature'))).toEqual([])
  })
})
