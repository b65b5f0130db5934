import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './spec-rig.ts'

let rig: Rig
const noonMs = Date.parse('2026-11-21T12:00:00+09:00')

beforeAll(async () => {
  rig = await startRig({ seed: 31, shopName: '日々の店, "本店"' })
})
beforeEach(async () => {
  await rig.settledWebhooks()
  await rig.sim('reset')
  await rig.sim('knobs', { authClock: 'real', refundThrottleMs: 0 })
  await rig.sim('clock', { freeze: noonMs })
  rig.receiver.received.splice(0)
})
afterAll(async () => {
  await rig.stop()
})

const paid = async (id: string) => {
  await rig.createCode(id, { storeId: 's1' })
  return String((await rig.sim('pay', { merchantPaymentId: id, dropHook: true }))['paymentId'])
}
const make = async (wish: object = {}) => {
  const { path } = await rig.sim('recon', wish)
  const response = await fetch(String(path))
  const text = new TextDecoder('shift_jis', { fatal: true }).decode(await response.arrayBuffer())
  return { response, lines: text.split('\n') }
}
const summary = (lines: string[]) =>
  lines
    .slice(1, -1)
    .map((line) => /(取引..|返金..),([^,]+),(-?\d+),,[^,]*,([^,]+)/.exec(line)?.slice(1) ?? line)

describe('the daily file', () => {
  it('lists sales and, negative, refunds of the day, in Shift_JIS with LF', async () => {
    const paymentId = await paid('p1')
    const refund = { merchantRefundId: 'r1', paymentId, amount: { amount: 40, currency: 'JPY' } }
    await rig.sim('clock', { advanceMs: 1_000 })
    await rig.call('POST', '/v2/refunds', { ...refund, requestedAt: 1 })
    const { lines } = await make()
    const { merchantId } = rig.simulator.credentials
    const shop = '"日々の店, ""本店"""'
    const detail = '"[{""amount"":{""amount"":7490,""currency"":""JPY""},""type"":""WALLET""}]"'
    expect(lines).toEqual([
      '決済番号,加盟店ID,屋号,店舗ID,店舗名,端末番号/PosID,取引ステータス,取引日時,取引金額,レシート番号,支払い方法,マーチャント決済ID,支払い詳細',
      `${paymentId},${merchantId},${shop},s1,,,取引完了,2026-11-21 12:00:00,7490,,WALLET,p1,${detail}`,
      `${paymentId},${merchantId},${shop},s1,,,返金完了,2026-11-21 12:00:01,-40,,WALLET,p1,${detail}`,
      '',
    ])
  })

  it("is a day from midnight to midnight, Japan's time", async () => {
    for (const at of [
      '2026-11-20T23:59:59+09:00',
      '2026-11-21T00:00:00+09:00',
      '2026-11-21T23:59:59+09:00',
    ]) {
      await rig.sim('clock', { freeze: Date.parse(at) })
      await paid(`p-${at.slice(8, 10)}-${at.slice(11, 13)}`)
    }
    await rig.sim('clock', { freeze: noonMs + 86_400_000 })
    expect(summary((await make({ date: '2026-11-21' })).lines)).toEqual([
      ['取引完了', '2026-11-21 00:00:00', '7490', 'p-21-00'],
      ['取引完了', '2026-11-21 23:59:59', '7490', 'p-21-23'],
    ])
    expect(summary((await make()).lines)).toEqual([])
  })

  it.each([
    ['listed', [['取引失敗', '2026-11-21 12:00:00', '7490', 'p1']]],
    ['absent', []],
  ])('has failed payments as the knob says: %s', async (reconFailures, expected) => {
    await rig.sim('knobs', { reconFailures })
    await rig.createCode('p1')
    await rig.sim('fail', { merchantPaymentId: 'p1' })
    await rig.createCode('unpaid')
    expect(summary((await make()).lines)).toEqual(expected)
  })

  it('can lack a row and have one too many', async () => {
    await paid('p1')
    await paid('p2')
    const extra = { paymentId: '0413', merchantPaymentId: 'ghost', status: '返金完了', atMs: noonMs + 5_000 }
    const { lines } = await make({ omit: ['p1'], extra: [{ ...extra, amountMinor: -9 }] })
    expect(summary(lines)).toEqual([
      ['取引完了', '2026-11-21 12:00:00', '7490', 'p2'],
      ['返金完了', '2026-11-21 12:00:05', '-9', 'ghost'],
    ])
  })

  it('is announced by file.created, and its link is good for two hours', async () => {
    const { path, name } = await rig.sim('recon')
    const { merchantId } = rig.simulator.credentials
    expect(name).toBe(`transaction_${merchantId}_20261121_20261121_v2.csv`)
    const [hook] = await rig.settledWebhooks()
    expect(hook?.json).toEqual({
      notification_type: 'file.created',
      notification_id: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      fileType: 'transaction_recon',
      path,
      requestedAt: String(noonMs / 1_000),
    })
    await rig.sim('clock', { advanceMs: 7_199_999 })
    expect((await fetch(String(path))).status).toBe(200)
    await rig.sim('clock', { advanceMs: 1 })
    expect((await fetch(String(path))).status).toBe(403)
    expect((await fetch(`${rig.simulator.url}/recon/${String(name)}?ticket=guessed`)).status).toBe(404)
  })

  it('can be announced under an address that leads astray, or in silence', async () => {
    await rig.sim('recon', { link: 'http://169.254.169.254/latest/meta-data/' })
    await rig.sim('recon', { announce: false })
    expect((await rig.settledWebhooks()).map(({ json }) => json['path'])).toEqual([
      'http://169.254.169.254/latest/meta-data/',
    ])
  })
})
