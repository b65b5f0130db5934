import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { SDK_AMOUNT, type SdkRig, readings, startSdkRig } from './spec-sdk.ts'

let rig: SdkRig

beforeAll(async () => {
  rig = await startSdkRig()
})
beforeEach(() => {
  // The SDK prints a link for every refusal.
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(async () => {
  await rig.stop()
})

const bare = { status: 'CREATED', acceptedAt: 0, requestedAt: 0 }

describe.each(readings)("PayPay's own SDK, %s,", (_, knobs) => {
  const notFound = [knobs.notFoundStatus, 'DYNAMIC_QR_PAYMENT_NOT_FOUND']
  const statusOf = async (id: string) => (await rig.sdk.details(id)).data['status']
  beforeEach(async () => {
    await rig.begin(knobs)
  })

  it('creates a code, and meets it again under the same id', async () => {
    const made = await rig.sdk.create('s1')
    expect([made.status, made.code]).toEqual([201, 'SUCCESS'])
    expect(made.data).toMatchObject({ merchantPaymentId: 's1', orderDescription: 'ほうじ茶 3点' })
    const again = await rig.sdk.create('s1')
    if (knobs.duplicateCreate === 'refuse') {
      expect([again.status, again.code]).toEqual([400, 'DUPLICATE_DYNAMIC_QR_REQUEST'])
    } else {
      expect([again.status, again.data]).toEqual([201, made.data])
    }
    expect(await rig.announced()).toEqual([])
  })

  it('is told what is wrong with a malformed create', async () => {
    const said = await rig.sdk.create('with a space')
    expect([said.status, said.code]).toEqual([400, knobs.malformedCreate])
    expect((await rig.sdk.create('s1', { amount: undefined })).code).toBe('MISSING_REQUEST_PARAMS')
    expect(await rig.announced()).toEqual([])
  })

  it('sees CREATED, then COMPLETED after the buyer paid', async () => {
    await rig.sdk.create('s1')
    expect((await rig.sdk.details('s1')).data).toEqual(bare)
    const paymentId = await rig.pay('s1')
    expect((await rig.sdk.details('s1')).data).toMatchObject({
      status: 'COMPLETED',
      paymentId,
      merchantPaymentId: 's1',
      amount: { amount: SDK_AMOUNT, currency: 'JPY' },
    })
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('finds a lapsed code as it was, or not at all', async () => {
    await rig.sdk.create('s1')
    await rig.sim('lapse', { merchantPaymentId: 's1' })
    const said = await rig.sdk.details('s1')
    if (knobs.lapsedAnswers === 'created') expect(said.data).toEqual(bare)
    else expect([said.status, said.code]).toEqual(notFound)
    expect(await rig.announced()).toEqual([])
  })

  it('deletes a code, once', async () => {
    const codeId = String((await rig.sdk.create('s1')).data['codeId'])
    const deleted = await rig.sdk.deleteCode(codeId)
    const data = knobs.deleteData === 'null' ? {} : { qrStatus: 'DELETED' }
    expect([deleted.status, deleted.code, deleted.data]).toEqual([200, 'SUCCESS', data])
    const asked = await rig.sdk.details('s1')
    expect([asked.status, asked.code]).toEqual(notFound)
    expect((await rig.sdk.deleteCode(codeId)).code).toBe('DYNAMIC_QR_NOT_FOUND')
    expect(await rig.announced()).toEqual([])
  })

  it('comes too late to delete a paid code', async () => {
    const codeId = String((await rig.sdk.create('s1')).data['codeId'])
    await rig.pay('s1')
    expect((await rig.sdk.deleteCode(codeId)).code).toBe(knobs.paidDelete)
    expect(await statusOf('s1')).toBe('COMPLETED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('cancels a payment, also one it never made', async () => {
    await rig.sdk.create('s1')
    await rig.pay('s1')
    const cancelled = await rig.sdk.cancel('s1')
    expect([cancelled.status, cancelled.code]).toEqual([202, 'REQUEST_ACCEPTED'])
    await rig.sim('clock', { advanceMs: knobs.cancelSettleMs })
    expect(await statusOf('s1')).toBe('FAILED')
    const unknown = knobs.unknownCancel === 'accept' ? 'REQUEST_ACCEPTED' : 'RESOURCE_NOT_FOUND'
    expect((await rig.sdk.cancel('s9')).code).toBe(unknown)
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('cancels before the payment, which is then announced and reversed', async () => {
    await rig.sdk.create('s1')
    expect((await rig.sdk.cancel('s1')).status).toBe(202)
    expect(await statusOf('s1')).toBe('CREATED')
    await rig.pay('s1')
    expect(await statusOf('s1')).toBe(knobs.cancelSettleMs === 0 ? 'FAILED' : 'COMPLETED')
    await rig.sim('clock', { advanceMs: knobs.cancelSettleMs })
    expect(await statusOf('s1')).toBe('FAILED')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('refunds once under one id and follows it', async () => {
    await rig.sdk.create('s1')
    const paymentId = await rig.pay('s1')
    const first = await rig.sdk.refund('r1', paymentId, SDK_AMOUNT)
    const early = knobs.refundSettleMs === 0 ? 'REFUNDED' : 'CREATED'
    expect([first.status, first.data['status']]).toEqual([knobs.refundHttpStatus, early])
    expect((await rig.sdk.refund('r1', paymentId, SDK_AMOUNT)).data).toEqual(first.data)
    expect((await rig.sdk.refundDetails('r1', paymentId)).data['status']).toBe(early)
    await rig.sim('refunds/settle')
    expect((await rig.sdk.refundDetails('r1', paymentId)).data['status']).toBe('REFUNDED')
    expect(await statusOf('s1')).toBe('REFUNDED')
    expect((await rig.see('state'))['totals']).toMatchObject({ refundedMinor: SDK_AMOUNT })
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('cannot refund too much, in one go or in two', async () => {
    await rig.sdk.create('s1')
    const paymentId = await rig.pay('s1')
    expect((await rig.sdk.refund('r0', paymentId, SDK_AMOUNT + 1)).code).toBe('INVALID_PARAMS')
    await rig.sdk.refund('r1', paymentId, 700)
    await rig.sim('refunds/settle')
    expect(await statusOf('s1')).toBe(knobs.partialRefundAnswers)
    const second = knobs.multipleRefunds ? 'INVALID_PARAMS' : knobs.multipleRefundRefusal
    expect((await rig.sdk.refund('r2', paymentId, 501)).code).toBe(second)
    expect((await rig.sdk.refundDetails('r2', paymentId)).code).toBe('NO_SUCH_REFUND_ORDER')
    expect(await rig.announced()).toEqual(['COMPLETED'])
  })

  it('loses an answer and finds by asking that the code was made', async () => {
    await rig.sim('faults', { method: 'POST', path: '/v2/codes', kind: 'reset', phase: 'after' })
    expect((await rig.sdk.create('s1')).error).toBeDefined()
    expect(await statusOf('s1')).toBe('CREATED')
    const again = knobs.duplicateCreate === 'refuse' ? 'DUPLICATE_DYNAMIC_QR_REQUEST' : 'SUCCESS'
    expect((await rig.sdk.create('s1')).code).toBe(again)
    expect(await rig.announced()).toEqual([])
  })

  it('is refused when the clocks are two minutes apart, and when its secret is wrong', async () => {
    await rig.sim('clock', { advanceMs: 125_000 })
    expect((await rig.sdk.create('s1')).code).toBe('UNAUTHORIZED')
    await rig.sim('clock', { reset: true })
    rig.sdk.useSecret('wrong')
    expect((await rig.sdk.create('s1')).status).toBe(401)
    rig.sdk.useSecret(rig.simulator.credentials.apiSecret)
    expect((await rig.sdk.create('s1')).status).toBe(201)
    expect(await rig.announced()).toEqual([])
  })
})
