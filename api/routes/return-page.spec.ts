import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiBench, type ApiBench } from '../testing.ts'

describe('the page PayPay sends the buyer back to', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('tea')
  })
  afterAll(async () => {
    await bench.close()
  })

  const Shown = z.object({
    orderId: z.string(),
    payment: z.object({ merchantPaymentId: z.string() }).optional(),
  })

  it('asks the provider for the buyer, and says paid once the books do', async () => {
    const buyer = await bench.signIn('return@example.com')
    const placed = await buyer.order({ items: [{ productId: 'tea', quantity: 1 }], paymentMethod: 'PAYPAY' })
    const { orderId } = Shown.parse(placed.json())
    const code = async () =>
      Shown.parse((await buyer.get(`/api/orders/${orderId}`)).json()).payment?.merchantPaymentId
    await expect.poll(code, { timeout: 5_000 }).toBeDefined()
    const before = await buyer.get(`/checkout/return/${orderId}`)
    expect(before.body).toContain('お支払いを確認しています')
    expect(before.body).toContain('http-equiv="refresh"')

    await bench.simulate('pay', { merchantPaymentId: await code(), dropHook: true })
    const body = async () => (await buyer.get(`/checkout/return/${orderId}`)).body
    await expect.poll(body, { timeout: 5_000 }).toContain('お支払いが完了しました')
    expect(await body()).not.toContain('refresh')
  })

  it('tells a stranger, a guest and a nonsense id nothing, in the browser’s language', async () => {
    const buyer = await bench.signIn('owner@example.com')
    const placed = await buyer.order({ items: [{ productId: 'tea', quantity: 1 }], paymentMethod: 'PAYPAY' })
    const { orderId } = Shown.parse(placed.json())
    await buyer.post(`/api/orders/${orderId}/cancel`)
    const stranger = await bench.signIn('stranger@example.com')
    const headers = { 'accept-language': 'en-GB' }
    const replies = await Promise.all([
      stranger.send({ method: 'GET', url: `/checkout/return/${orderId}`, headers }),
      bench.app.inject({ method: 'GET', url: `/checkout/return/${orderId}`, headers }),
      bench.app.inject({ method: 'GET', url: '/checkout/return/%3Cscript%3E', headers }),
    ])
    for (const reply of replies) {
      expect(reply.statusCode).toBe(200)
      expect(reply.body).toContain('Your payment is being confirmed')
      expect(reply.body).not.toContain('refresh')
      expect(reply.body).not.toContain('script')
    }
  })

  it('leads from the front door to the description of the API', async () => {
    const reply = await bench.app.inject({ method: 'GET', url: '/' })
    expect([reply.statusCode, reply.headers.location]).toEqual([302, '/api/docs'])
  })
})
