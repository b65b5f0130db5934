import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './spec-rig.ts'

let rig: Rig
let page: string

beforeAll(async () => {
  rig = await startRig({ seed: 2, shopName: 'Tea & <Books>' })
})
beforeEach(async () => {
  await rig.sim('reset')
  const { data } = await rig.createCode('p1', {
    orderDescription: '<script>alert(1)</script>',
    redirectUrl: `${rig.simulator.url}/back?a=1&b="2"`,
  })
  page = String(data['url'])
})
afterAll(async () => {
  await rig.stop()
})

const look = async () => await (await fetch(page)).text()
const press = (action: string, at = page) =>
  fetch(at, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action }) })
const status = async () => (await rig.call('GET', '/v2/codes/payments/p1')).data['status']
const buttons = async () => [...(await look()).matchAll(/value="([^"]+)"/g)].map(([, action]) => action)

describe('the cashier page', () => {
  it('shows shop, amount and that no money moves, in both languages', async () => {
    const html = await look()
    expect(html).toContain('Tea &amp; &lt;Books&gt;')
    expect(html).toContain('7,490')
    expect(html).toContain('PayPay simulator – no real money')
    expect(html).toContain('実際のお金は動きません')
    expect(html).toContain('<html lang="ja">')
    expect(await buttons()).toEqual(['pay', 'decline', 'leave', 'open'])
  })

  it('runs no script of anybody and asks nobody for anything', async () => {
    const response = await fetch(page)
    const html = await response.text()
    expect(html).not.toContain('<script')
    expect(html).not.toMatch(/(src|href)="https?:/)
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  })

  it('pays, announces it, and leads back to the shop', async () => {
    const answer = await press('pay')
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${rig.simulator.url}/back?a=1&b="2"`,
    ])
    expect(await status()).toBe('COMPLETED')
    expect((await rig.settledWebhooks()).map(({ json }) => json['merchant_order_id'])).toContain('p1')
    expect(await look()).toContain('お支払い済みです')
    expect(await buttons()).toEqual([])
  })

  it('paying twice pays once', async () => {
    await Promise.all([press('pay'), press('pay')])
    expect((await rig.see('state'))['totals']).toMatchObject({ paid: 1, capturedMinor: 7_490 })
  })

  it('declines', async () => {
    expect((await press('decline')).status).toBe(303)
    expect(await status()).toBe('FAILED')
    expect(await look()).toContain('完了しませんでした')
  })

  it('is left without paying and without going back', async () => {
    const answer = await press('leave')
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
    expect(await answer.text()).toContain('何も支払われていません')
    expect(await status()).toBe('CREATED')
  })

  it('lets a buyer who opened the app in time pay after the code lapsed', async () => {
    expect((await press('open')).headers.get('location')).toBe(new URL(page).pathname)
    expect(await buttons()).toEqual(['pay', 'decline', 'leave'])
    await rig.sim('lapse', { merchantPaymentId: 'p1' })
    await press('pay')
    expect(await status()).toBe('COMPLETED')
  })

  it('says that a code lapsed, yet leads back, and pays it late only on purpose', async () => {
    await rig.sim('lapse', { merchantPaymentId: 'p1' })
    expect(await look()).toContain('有効期限が切れました')
    expect((await press('pay')).status).toBe(303)
    expect(await status()).toBe('CREATED')
    expect(await buttons()).toEqual(['pay-late'])
    await press('pay-late')
    expect(await status()).toBe('COMPLETED')
  })

  it('says that a code was withdrawn', async () => {
    const { codeId } = await rig.see('state?merchantPaymentId=p1')
    await rig.call('DELETE', `/v2/codes/${String(codeId)}`)
    expect(await look()).toContain('無効になりました')
    expect(await buttons()).toEqual(['pay-late'])
  })

  it('knows nothing of an unknown code', async () => {
    const nowhere = `${rig.simulator.url}/q/28180104nothingnothing12`
    expect((await fetch(nowhere)).status).toBe(404)
    expect((await press('pay', nowhere)).status).toBe(404)
  })

  it('stays on its own page when the shop gave no way back', async () => {
    const { data } = await rig.createCode('p2')
    const answer = await press('pay', String(data['url']))
    expect(answer.headers.get('location')).toBe(new URL(String(data['url'])).pathname)
  })
})
