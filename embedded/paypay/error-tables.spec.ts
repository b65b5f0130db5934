import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { leavesEffectOpen, resultNames } from './results.ts'
import { type Rig, startRig } from './spec-rig.ts'

/** Every refusal of the reference's tables can be had, with its status, code and codeId, whatever its cause is. */

let rig: Rig

beforeAll(async () => {
  rig = await startRig({ seed: 21 })
})
beforeEach(async () => {
  await rig.sim('reset')
})
afterAll(async () => {
  await rig.stop()
})

describe('the error tables', () => {
  it.each([
    [400, 'DUPLICATE_DYNAMIC_QR_REQUEST', '01652073', 'DUPLICATE_DYNAMIC_QR_REQUEST'],
    [400, 'DYNAMIC_QR_BAD_REQUEST', '01650000', 'DYNAMIC_QR_BAD_REQUEST'],
    [400, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', '00400060', 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT'],
    [404, 'DYNAMIC_QR_NOT_FOUND', '01652072', 'DYNAMIC_QR_NOT_FOUND'],
    [400, 'DYNAMIC_QR_ALREADY_PAID', '01652074', 'DYNAMIC_QR_ALREADY_PAID'],
    [404, 'DYNAMIC_QR_PAYMENT_NOT_FOUND', '01652075', 'DYNAMIC_QR_PAYMENT_NOT_FOUND'],
    [400, 'ORDER_NOT_REVERSIBLE', '00200044', 'ORDER_NOT_REVERSIBLE'],
    [400, 'ORDER_NO_LONGER_AVAILABLE', '', 'ORDER_NO_LONGER_AVAILABLE'],
    [400, 'INVALID_PARAMS', '00200004', 'INVALID_REFUND_PARAMS'],
    [400, 'INVALID_PARAMS', '00200015', 'INVALID_PARAMS'],
    [400, 'UNACCEPTABLE_OP', '00200013', 'UNACCEPTABLE_OP'],
    [400, 'UNACCEPTABLE_OP', '00200014', 'MULTIPLE_REFUND_NOT_ALLOWED'],
    [400, 'THROTTLED_MULTIPLE_REFUND_REJECTED', '', 'THROTTLED_MULTIPLE_REFUND_REJECTED'],
    [400, 'REFUND_LIMIT_EXCEEDED', '', 'REFUND_LIMIT_EXCEEDED'],
    [400, 'REFUND_WINDOW_EXCEED', '', 'REFUND_WINDOW_EXCEED'],
    [400, 'CANCELED_USER', '01103027', 'CANCELED_USER'],
    [401, 'USER_STATE_IS_NOT_ACTIVE', '', 'USER_STATE_IS_NOT_ACTIVE'],
    [403, 'MERCHANT_MULTIPLE_REFUND_REJECTED', '', 'MERCHANT_MULTIPLE_REFUND_REJECTED'],
    [404, 'RESOURCE_NOT_FOUND', '00200001', 'RESOURCE_NOT_FOUND'],
    [500, 'TRANSACTION_FAILED', '00200002', 'TRANSACTION_FAILED'],
    [500, 'TRANSACTION_FAILED', '00200003', 'TRANSACTION_FAILED_3'],
    [500, 'TRANSACTION_FAILED', '00800017', 'TRANSACTION_FAILED_17'],
    [500, 'INTERNAL_SERVER_ERROR', '00200034', 'REFUND_SERVER_ERROR'],
    [404, 'NO_SUCH_REFUND_ORDER', '00200018', 'NO_SUCH_REFUND_ORDER'],
    [400, 'INVALID_REQUEST_PARAMS', '08100006', 'INVALID_REQUEST_PARAMS'],
    [400, 'MISSING_REQUEST_PARAMS', '08100024', 'MISSING_REQUEST_PARAMS'],
    [401, 'UNAUTHORIZED', '08100016', 'UNAUTHORIZED'],
    [401, 'OP_OUT_OF_SCOPE', '08100023', 'OP_OUT_OF_SCOPE'],
    [404, 'OPA_CLIENT_NOT_FOUND', '08100007', 'OPA_CLIENT_NOT_FOUND'],
    [429, 'RATE_LIMIT', '08100998', 'RATE_LIMIT'],
    [500, 'SERVICE_ERROR', '08100026', 'SERVICE_ERROR'],
    [500, 'INTERNAL_SERVER_ERROR', '08101000', 'INTERNAL_SERVER_ERROR'],
    [503, 'MAINTENANCE_MODE', '08100999', 'MAINTENANCE_MODE'],
  ])('%i %s %s', async (status, code, codeId, row) => {
    await rig.sim('faults', { kind: 'refuse', code: row })
    const said = await rig.createCode('p1')
    expect([said.status, said.code, said.codeId, said.data]).toEqual([status, code, codeId, {}])
    expect((await rig.call('GET', '/v2/codes/payments/p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
    expect(resultNames).toContain(row)
  })

  it('say a definite no only when nothing was done', async () => {
    for (const code of resultNames) {
      const wish = rig.sim('faults', { kind: 'refuse', phase: 'after', code })
      if (leavesEffectOpen(code)) expect(await wish).toBeDefined()
      else await expect(wish).rejects.toThrow('malformed-request')
    }
  })

  it('are not needed for a fault of another kind, and a refusal needs one of their rows', async () => {
    await expect(rig.sim('faults', { kind: 'hang', code: 'UNAUTHORIZED' })).rejects.toThrow('malformed')
    await expect(rig.sim('faults', { kind: 'refuse' })).rejects.toThrow('malformed')
  })
})

describe('causes of their own', () => {
  const minuteMs = 60_000
  const paid = async (id: string) => {
    await rig.createCode(id)
    return String((await rig.sim('pay', { merchantPaymentId: id }))['paymentId'])
  }
  const refund = (id: string, paymentId: string) =>
    rig.call('POST', '/v2/refunds', {
      merchantRefundId: id,
      paymentId,
      amount: { amount: 1, currency: 'JPY' },
      requestedAt: 1,
    })

  it('an order past its retention can neither be cancelled nor refunded, and one within it can', async () => {
    await rig.sim('clock', { freeze: true })
    await rig.sim('knobs', { authClock: 'real', retentionMs: minuteMs })
    const [old, fresh] = [await paid('p1'), await paid('p2')]
    await rig.sim('clock', { advanceMs: minuteMs - 1 })
    expect((await refund('r0', fresh)).status).toBe(200)
    await rig.sim('clock', { advanceMs: 1 })
    expect((await refund('r1', old)).code).toBe('ORDER_NO_LONGER_AVAILABLE')
    expect((await rig.call('DELETE', '/v2/payments/p1')).code).toBe('ORDER_NO_LONGER_AVAILABLE')
    expect((await refund('r0', fresh)).status).toBe(200)
  })

  it('an address the API does not have is answered in an envelope', async () => {
    const said = await rig.call('GET', '/v2/payments/preauthorize')
    expect([said.status, said.code]).toEqual([404, 'RESOURCE_NOT_FOUND'])
  })

  it('an id of any length is judged by the API, not lost on the way to it', async () => {
    const said = await rig.call('GET', `/v2/codes/payments/${'x'.repeat(300)}`)
    expect([said.status, said.code]).toEqual([404, 'DYNAMIC_QR_PAYMENT_NOT_FOUND'])
  })
})
