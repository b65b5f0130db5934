import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiBench, until, type ApiBench, type Browser } from '../../testing.ts'

const Latency = z.object({ orders: z.number(), from: z.string(), to: z.string() })
const URL = '/api/ops/payments/latency'

describe('how long payments take', () => {
  let bench: ApiBench
  let hanako: Browser
  let auditor: Browser
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha')
    hanako = await bench.signIn('hanako@example.com')
    auditor = await bench.signIn('auditor@example.com', ['auditor'])
  })
  afterAll(() => bench.close())

  it('is told to staff: orders, share within the promise, percentiles and the slowest', async () => {
    const placed = await hanako.order({
      items: [{ productId: 'sencha', quantity: 1 }],
      paymentMethod: 'PAYPAY',
    })
    const { orderId } = z.object({ orderId: z.string() }).parse(placed.json())
    const Order = z.object({
      payment: z.object({ merchantPaymentId: z.string(), url: z.string().optional() }).optional(),
    })
    const merchantPaymentId = await until('a code', async () => {
      const { payment } = Order.parse((await hanako.get(`/api/orders/${orderId}`)).json())
      return payment?.url !== undefined && payment.merchantPaymentId
    })
    expect((await auditor.get(URL)).json()).toMatchObject({ orders: 0, withinPromise: 0, promiseMs: 60_000 })
    await bench.simulate('pay', { merchantPaymentId, dropHook: true })
    await hanako.post(`/api/orders/${orderId}/payments/refresh`)
    await until('it is counted', async () => Latency.parse((await auditor.get(URL)).json()).orders === 1)
    const reply = await auditor.get(URL)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.json()).toMatchObject({
      orders: 1,
      withinPromise: 1,
      shareWithinPromise: 1,
      slowest: { orderId, latencyMs: expect.any(Number) },
    })
    const told = z
      .object({ p99Ms: z.number(), slowest: z.object({ latencyMs: z.number() }) })
      .parse(reply.json())
    expect(told.p99Ms).toBe(told.slowest.latencyMs)
    expect(told.p99Ms).toBeLessThan(60_000)
    const past = await auditor.get(`${URL}?from=2026-01-01T09:05:00%2B09:00&to=2026-01-01T00:30:00Z`)
    expect(past.json()).toMatchObject({
      orders: 0,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T01:00:00.000Z',
    })
  })

  it.each([
    ['a `from` after `to`', '?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'],
    ['more than 31 days', '?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z'],
    ['no time at all', '?from=yesterday'],
  ])('is refused for %s', async (_, query) => {
    expect((await auditor.get(`${URL}${query}`)).statusCode).toBe(400)
  })

  it('is about one day where only one end is named', async () => {
    expect((await auditor.get(`${URL}?from=2026-01-01T00:00:00Z`)).json()).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
    })
    expect((await auditor.get(`${URL}?to=2026-01-02T00:00:00Z`)).json()).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
    })
  })

  it('is not for buyers, nor for strangers', async () => {
    expect((await hanako.get(URL)).statusCode).toBe(403)
    expect((await bench.app.inject({ url: URL })).statusCode).toBe(401)
  })
})
