import https from 'node:https'
import tls from 'node:tls'
import paypay from '@paypayopa/paypayopa-sdk-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type Rig, startRig } from './spec-rig.ts'

/** PayPay's own SDK, unmodified and over TLS, as the outside witness that the simulator is faithful. */

const answerSchema = z.object({
  STATUS: z.number().optional(),
  ERROR: z.string().optional(),
  BODY: z
    .object({
      resultInfo: z.object({ code: z.string(), codeId: z.string() }),
      data: z.record(z.string(), z.unknown()).nullable(),
    })
    .optional(),
})

let rig: Rig
let sdk: InstanceType<typeof paypay.PayPayRestSDK>
const trustedBefore = https.globalAgent.options.ca

beforeAll(async () => {
  rig = await startRig({ seed: 11 })
  https.globalAgent.options.ca = [rig.simulator.caPem, ...tls.rootCertificates]
  sdk = new paypay.PayPayRestSDK()
  configure(rig.simulator.credentials.apiSecret)
})
beforeEach(async () => {
  // The SDK prints a link for every refusal.
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await rig.sim('reset')
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(async () => {
  if (trustedBefore === undefined) delete https.globalAgent.options.ca
  else https.globalAgent.options.ca = trustedBefore
  https.globalAgent.destroy()
  await rig.stop()
})

function configure(clientSecret: string): void {
  const { apiKey, merchantId } = rig.simulator.credentials
  const conf = new paypay.Conf({ hostName: 'localhost', portNumber: rig.simulator.tlsPort })
  sdk.configure({ clientId: apiKey, clientSecret, merchantId, conf })
}

async function said(call: Promise<unknown>) {
  const { STATUS: status, BODY: body } = answerSchema.parse(await call)
  return { status, code: body?.resultInfo.code, data: body?.data ?? {} }
}

const create = (merchantPaymentId: string) =>
  said(
    sdk.qrCodeCreate({
      merchantPaymentId,
      amount: { amount: 1_200, currency: 'JPY' },
      codeType: 'ORDER_QR',
      orderDescription: 'ほうじ茶 3点',
      isAuthorization: false,
      redirectUrl: 'https://shop.example/return',
      redirectType: 'WEB_LINK',
    }),
  )
const details = (id: string) => said(sdk.getCodePaymentDetails([id]))
const pay = async (id: string) => String((await rig.sim('pay', { merchantPaymentId: id }))['paymentId'])
const refund = (merchantRefundId: string, paymentId: string, amount: number) =>
  said(
    sdk.paymentRefund({
      merchantRefundId,
      paymentId,
      amount: { amount, currency: 'JPY' },
      reason: '返品',
    }),
  )
/** The SDK pastes parameters unescaped and strips the query before signing, which lets the missing paymentId in. */
const refundDetails = (merchantRefundId: string, paymentId: string) =>
  said(sdk.getRefundDetails([`${merchantRefundId}?paymentId=${paymentId}`]))

describe("PayPay's own SDK", () => {
  it('creates a code, and not a second one under the same id', async () => {
    const made = await create('s1')
    expect([made.status, made.code]).toEqual([201, 'SUCCESS'])
    expect(made.data).toMatchObject({ merchantPaymentId: 's1', orderDescription: 'ほうじ茶 3点' })
    const again = await create('s1')
    expect([again.status, again.code]).toEqual([400, 'DUPLICATE_DYNAMIC_QR_REQUEST'])
  })

  it('sees CREATED, then COMPLETED after the buyer paid', async () => {
    await create('s1')
    expect((await details('s1')).data).toEqual({ status: 'CREATED', acceptedAt: 0, requestedAt: 0 })
    const paymentId = await pay('s1')
    expect((await details('s1')).data).toMatchObject({
      status: 'COMPLETED',
      paymentId,
      merchantPaymentId: 's1',
      amount: { amount: 1_200, currency: 'JPY' },
    })
  })

  it('deletes a code', async () => {
    const { data } = await create('s1')
    expect((await said(sdk.qrCodeDelete([String(data['codeId'])]))).status).toBe(200)
    expect((await details('s1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })

  it('cancels a payment', async () => {
    await create('s1')
    await pay('s1')
    const cancelled = await said(sdk.paymentCancel(['s1']))
    expect([cancelled.status, cancelled.code]).toEqual([202, 'REQUEST_ACCEPTED'])
    expect((await details('s1')).data['status']).toBe('FAILED')
  })

  it('cancels before the payment, which is then reversed', async () => {
    await create('s1')
    expect((await said(sdk.paymentCancel(['s1']))).status).toBe(202)
    expect((await details('s1')).data['status']).toBe('CREATED')
    await pay('s1')
    expect((await details('s1')).data['status']).toBe('FAILED')
  })

  it('refunds once under one id, follows it, and cannot refund too much', async () => {
    await rig.sim('knobs', { refundThrottleMs: 0, refundSettleMs: null })
    await create('s1')
    const paymentId = await pay('s1')
    const first = await refund('r1', paymentId, 700)
    expect([first.code, first.data['status']]).toEqual(['SUCCESS', 'CREATED'])
    expect((await refund('r1', paymentId, 700)).data).toEqual(first.data)
    expect((await refundDetails('r1', paymentId)).data['status']).toBe('CREATED')
    await rig.sim('refunds/settle')
    expect((await refundDetails('r1', paymentId)).data['status']).toBe('REFUNDED')
    expect((await refund('r2', paymentId, 501)).code).toBe('INVALID_PARAMS')
    expect((await refundDetails('r2', paymentId)).code).toBe('NO_SUCH_REFUND_ORDER')
  })

  it('loses an answer and finds by asking that the code was made', async () => {
    await rig.sim('faults', { method: 'POST', path: '/v2/codes', kind: 'reset', phase: 'after' })
    const lost = answerSchema.parse(
      await sdk.qrCodeCreate({
        merchantPaymentId: 's1',
        amount: { amount: 1_200, currency: 'JPY' },
        codeType: 'ORDER_QR',
      }),
    )
    expect(lost.ERROR).toBeDefined()
    expect((await details('s1')).data['status']).toBe('CREATED')
    expect((await create('s1')).code).toBe('DUPLICATE_DYNAMIC_QR_REQUEST')
  })

  it('is refused when the clocks are two minutes apart, and when its secret is wrong', async () => {
    await rig.sim('clock', { advanceMs: 125_000 })
    expect((await create('s1')).code).toBe('UNAUTHORIZED')
    await rig.sim('clock', { reset: true })
    configure('wrong')
    expect((await create('s1')).status).toBe(401)
    configure(rig.simulator.credentials.apiSecret)
    expect((await create('s1')).status).toBe(201)
  })
})
