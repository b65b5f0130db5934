import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SDK_AMOUNT, type SdkRig, readings, startSdkRig } from './spec-sdk.ts'

/** PayPay's table of an instant sale: each event, the status after it, and the webhook it does or does not cause. */

let rig: SdkRig

beforeAll(async () => {
  rig = await startSdkRig()
})
afterAll(async () => {
  await rig.stop()
})

describe.each(readings)('the transition table of an instant sale, %s:', (_, knobs) => {
  const status = async () => (await rig.sdk.details('p1')).data['status']
  beforeEach(async () => {
    await rig.begin(knobs)
  })

  it('creating a code leads to CREATED and is not announced', async () => {
    await rig.sdk.create('p1')
    expect(await status()).toBe('CREATED')
    expect(await rig.announced()).toEqual([])
  })

  it('a payment leads from CREATED to COMPLETED and is announced once', async () => {
    await rig.sdk.create('p1')
    await rig.pay('p1')
    expect(await status()).toBe('COMPLETED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('a refund leads from COMPLETED to REFUNDED and is not announced, not even when it settles', async () => {
    await rig.sdk.create('p1')
    await rig.sdk.refund('r1', await rig.pay('p1'), SDK_AMOUNT)
    expect(await rig.announced()).toEqual(['COMPLETED'])
    await rig.sim('refunds/settle')
    expect(await status()).toBe('REFUNDED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('a cancel leads from COMPLETED to FAILED and is not announced, not even when it is done', async () => {
    await rig.sdk.create('p1')
    await rig.pay('p1')
    expect((await rig.sdk.cancel('p1')).status).toBe(202)
    await rig.sim('clock', { advanceMs: knobs.cancelSettleMs })
    expect(await status()).toBe('FAILED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('a cancel before the payment is silent, lets the payment be announced, then fails it in silence', async () => {
    await rig.sim('knobs', { cancelSettleMs: 60_000 })
    await rig.sdk.create('p1')
    expect((await rig.sdk.cancel('p1')).code).toBe('REQUEST_ACCEPTED')
    expect(await status()).toBe('CREATED')
    expect(await rig.announced()).toEqual([])
    await rig.pay('p1')
    expect(await status()).toBe('COMPLETED')
    await rig.sim('clock', { advanceMs: 60_000 })
    expect(await status()).toBe('FAILED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('opening the app stays CREATED, now with a paymentId, and is not announced', async () => {
    await rig.sdk.create('p1')
    await rig.sim('in-flight', { merchantPaymentId: 'p1' })
    const { data } = await rig.sdk.details('p1')
    expect(data['status']).toBe('CREATED')
    expect(data['paymentId']).toMatch(/^\d{20}$/)
    expect(await rig.announced()).toEqual([])
  })

  it('deleting or lapsing a code is not announced', async () => {
    const { data } = await rig.sdk.create('p1')
    await rig.sdk.create('p2')
    await rig.sdk.deleteCode(String(data['codeId']))
    await rig.sim('lapse', { merchantPaymentId: 'p2' })
    expect(await rig.announced()).toEqual([])
  })

  it.each([
    [false, []],
    [true, ['FAILED']],
  ])('a failure at the provider is announced only on demand: %s', async (hook, expected) => {
    await rig.sdk.create('p1')
    await rig.sim('fail', { merchantPaymentId: 'p1', hook })
    expect(await status()).toBe('FAILED')
    expect(await rig.announced()).toEqual(expected)
  })

  it('the webhook has the captured shape', async () => {
    await rig.sim('clock', { freeze: Math.floor(Date.now() / 1000) * 1000 })
    await rig.sdk.create('p1', { storeId: 's1' })
    const paymentId = await rig.pay('p1')
    const [hook] = await rig.settledWebhooks()
    expect(hook?.json).toEqual({
      notification_type: 'Transaction',
      store_id: 's1',
      paid_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/),
      merchant_order_id: 'p1',
      pos_id: '',
      order_amount: String(SDK_AMOUNT),
      merchant_id: rig.simulator.credentials.merchantId,
      state: 'COMPLETED',
      order_id: paymentId,
    })
    const { nowMs } = await rig.see('clock')
    expect(Date.parse(String(hook?.json['paid_at']))).toBe(nowMs)
    expect(hook?.headers['content-type']).toBe('application/json')
    expect(Object.keys(hook?.headers ?? {}).filter((name) => name.includes('signature'))).toEqual([])
  })
})
