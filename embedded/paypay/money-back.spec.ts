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

describe('cancelling', () => {
  /** 2026-11-21 in Japan is from 15:00 UTC of the 20th on. */
  const paidAtMs = Date.parse('2026-11-21T23:59:59+09:00')

  it.each([
    ['2026-11-22T00:14:59.999+09:00', 202, 'REQUEST_ACCEPTED'],
    ['2026-11-22T00:15:00+09:00', 400, 'ORDER_NOT_REVERSIBLE'],
  ])('of a payment on the 21st, Japan time, at %s answers %i', async (at, status, code) => {
    await rig.sim('knobs', { authClock: 'real' })
    await rig.sim('clock', { freeze: paidAtMs })
    await paid('p1')
    await rig.sim('clock', { freeze: Date.parse(at) })
    const said = await rig.call('DELETE', '/v2/payments/p1')
    expect([said.status, said.code]).toEqual([status, code])
    expect((await details('p1')).data['status']).toBe(status === 202 ? 'FAILED' : 'COMPLETED')
  })

  it('is accepted again and again', async () => {
    await paid('p1')
    await rig.call('DELETE', '/v2/payments/p1')
    expect((await rig.call('DELETE', '/v2/payments/p1')).status).toBe(202)
    expect((await rig.see('state'))['totals']).toMatchObject({ paid: 1, capturedMinor: 0 })
  })

  it('of a refunded payment is refused', async () => {
    const paymentId = await paid('p1')
    await refund('r1', paymentId, 100)
    expect((await rig.call('DELETE', '/v2/payments/p1')).code).toBe('ORDER_NOT_REVERSIBLE')
  })

  it('of an id never seen waits for its code', async () => {
    expect((await rig.call('DELETE', '/v2/payments/p1')).status).toBe(202)
    expect((await details('p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
    await paid('p1')
    expect((await details('p1')).data['status']).toBe('FAILED')
  })

  it('of an id never seen is refused if the knob says so', async () => {
    await rig.sim('knobs', { unknownCancel: 'not-found' })
    expect((await rig.call('DELETE', '/v2/payments/p1')).code).toBe('RESOURCE_NOT_FOUND')
  })
})

describe('refunding', () => {
  it('is accepted as CREATED and becomes REFUNDED after its delay', async () => {
    await rig.sim('clock', { freeze: true })
    const paymentId = await paid('p1')
    const said = await refund('r1', paymentId, 2_000)
    expect([said.status, said.data['status']]).toEqual([200, 'CREATED'])
    const look = () => rig.call('GET', `/v2/refunds/r1?paymentId=${paymentId}`)
    expect((await look()).data).toEqual(said.data)
    await rig.sim('clock', { advanceMs: 2_999 })
    expect((await look()).data['status']).toBe('CREATED')
    await rig.sim('clock', { advanceMs: 1 })
    expect((await look()).data['status']).toBe('REFUNDED')
    expect((await details('p1')).data['refunds']).toEqual({ data: [(await look()).data] })
  })

  it('settles on command when told never to settle by itself', async () => {
    await rig.sim('knobs', {
      refundSettleMs: null,
      refundHttpStatus: 201,
      refundThrottleMs: 0,
      authClock: 'real',
    })
    const paymentId = await paid('p1')
    expect((await refund('r1', paymentId, 1)).status).toBe(201)
    await refund('r2', paymentId, 1)
    await rig.sim('clock', { advanceMs: 365 * dayMs })
    const status = async (id: string) =>
      (await rig.call('GET', `/v2/refunds/${id}?paymentId=${paymentId}`)).data['status']
    expect(await status('r1')).toBe('CREATED')
    expect(await rig.sim('refunds/settle', { merchantRefundId: 'r1' })).toEqual({ settled: 1 })
    expect([await status('r1'), await status('r2')]).toEqual(['REFUNDED', 'CREATED'])
  })

  it('answers a repeated key with the earlier result, whatever else it says', async () => {
    const paymentId = await paid('p1')
    const first = await refund('r1', paymentId, 2_000)
    expect((await refund('r1', paymentId, 2_000)).data).toEqual(first.data)
    expect((await refund('r1', paymentId, 7_000)).data).toEqual(first.data)
    expect((await rig.see('state'))['totals']).toMatchObject({ capturedMinor: 7_490, refundedMinor: 2_000 })
  })

  it('never exceeds what was paid', async () => {
    await rig.sim('knobs', { refundThrottleMs: 0 })
    const paymentId = await paid('p1')
    expect((await refund('r0', paymentId, 7_491)).codeId).toBe('00200015')
    await refund('r1', paymentId, 7_000)
    const said = await refund('r2', paymentId, 491)
    expect([said.status, said.code, said.codeId]).toEqual([400, 'INVALID_PARAMS', '00200015'])
    expect((await refund('r2', paymentId, 490)).status).toBe(200)
    expect((await details('p1')).data['status']).toBe('REFUNDED')
  })

  it('throttles a second refund for a minute', async () => {
    await rig.sim('clock', { freeze: true })
    const paymentId = await paid('p1')
    await refund('r1', paymentId, 1)
    await rig.sim('clock', { advanceMs: minuteMs - 1 })
    expect((await refund('r2', paymentId, 1)).code).toBe('THROTTLED_MULTIPLE_REFUND_REJECTED')
    await rig.sim('clock', { advanceMs: 1 })
    expect((await refund('r2', paymentId, 1)).status).toBe(200)
  })

  it('allows one refund only where the contract says so', async () => {
    await rig.sim('knobs', { multipleRefunds: false, refundThrottleMs: 0 })
    const paymentId = await paid('p1')
    await refund('r1', paymentId, 1)
    const said = await refund('r2', paymentId, 1)
    expect([said.status, said.code, said.codeId]).toEqual([400, 'UNACCEPTABLE_OP', '00200014'])
  })

  it.each([
    ['2027-11-21T23:59:59+09:00', 'SUCCESS'],
    ['2027-11-22T00:00:00+09:00', 'REFUND_WINDOW_EXCEED'],
  ])('of a payment of 2026-11-21 at %s answers %s', async (at, code) => {
    await rig.sim('knobs', { authClock: 'real' })
    await rig.sim('clock', { freeze: Date.parse('2026-11-21T12:00:00+09:00') })
    const paymentId = await paid('p1')
    await rig.sim('clock', { freeze: Date.parse(at) })
    expect((await refund('r1', paymentId, 1)).code).toBe(code)
  })

  it('knows the mistakes', async () => {
    await paid('p1')
    const cancelled = await paid('p2')
    await rig.call('DELETE', '/v2/payments/p2')
    const ownId = await refund('r1', 'p1', 1)
    expect([ownId.status, ownId.code, ownId.codeId]).toEqual([500, 'INTERNAL_SERVER_ERROR', '00200034'])
    expect((await refund('r1', '04130000000000000000', 1)).code).toBe('RESOURCE_NOT_FOUND')
    expect((await refund('r1', cancelled, 1)).code).toBe('UNACCEPTABLE_OP')
    expect((await rig.call('GET', '/v2/refunds/r1?paymentId=1')).code).toBe('NO_SUCH_REFUND_ORDER')
    expect((await rig.call('GET', '/v2/refunds/r1')).code).toBe('NO_SUCH_REFUND_ORDER')
  })

  it.each([
    ['REFUNDED', 'REFUNDED'],
    ['COMPLETED', 'COMPLETED'],
  ])('in part answers as the knob says: %s', async (partialRefundAnswers, status) => {
    await rig.sim('knobs', { partialRefundAnswers })
    const paymentId = await paid('p1')
    await refund('r1', paymentId, 1)
    expect((await details('p1')).data['status']).toBe(status)
  })
})
