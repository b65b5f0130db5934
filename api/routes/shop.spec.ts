import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '#platform/config/config.ts'
import { buildApi } from '../app.ts'
import { apiBench, type ApiBench } from '../testing.ts'

interface Shop {
  readonly name: string
  readonly tagline: string
  readonly paymentMethods: readonly { readonly method: string; readonly available: boolean }[]
  readonly seller: Readonly<Record<string, string>>
  readonly privacy: readonly string[]
}

describe('what a storefront must know of the shop', () => {
  let bench: ApiBench
  let isPaypayAvailable = true
  let sessionsAsked = 0
  beforeAll(async () => {
    bench = await apiBench({
      environment: { PAYMENT_WINDOW_MS: '120000' },
      replace: ({ sessions }) => ({
        paypayAvailable: () => isPaypayAvailable,
        sessions: {
          ...sessions,
          get: (key) => {
            sessionsAsked += 1
            return sessions.get(key)
          },
        },
      }),
    })
  })
  afterAll(() => bench.close())
  const ask = (url = '/api/shop', headers: Record<string, string> = {}) => bench.app.inject({ url, headers })

  it('is told to anybody, without looking at a session', async () => {
    const reply = await ask('/api/shop', { cookie: `sid=${'a'.repeat(32)}` })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'Accept-Language' })
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(sessionsAsked).toBe(0)
    expect(reply.json()).toMatchObject({
      currency: 'JPY',
      paymentMethods: [
        { method: 'PAYPAY', available: true },
        { method: 'WALLET', available: true },
      ],
      paymentWindowMs: 120_000,
      developmentSignIn: true,
      simulatedPayments: true,
      maxLines: 50,
      maxQuantity: 99,
    })
  })

  it('names the seller as the law and a receipt want it, in the language asked for', async () => {
    const { shop } = bench.deps
    for (const lang of ['ja', 'en', 'zh'] as const) {
      const told = (await ask(`/api/shop?lang=${lang}`)).json<Shop>()
      expect([told.name, told.tagline]).toEqual([shop.name[lang], shop.tagline[lang]])
      expect(told.seller).toEqual(
        Object.fromEntries(
          Object.entries(shop.seller).map(([field, text]) => [
            field,
            typeof text === 'string' ? text : text[lang],
          ]),
        ),
      )
      expect(told.privacy).toEqual(shop.privacy.map((paragraph) => paragraph[lang]))
    }
    expect((await ask('/api/shop', { 'accept-language': 'zh-CN' })).json<Shop>().name).toBe(shop.name.zh)
    expect((await ask('/api/shop?lang=fr')).statusCode).toBe(400)
  })

  it('says when PayPay is not available', async () => {
    isPaypayAvailable = false
    const told = (await ask()).json<Shop>()
    isPaypayAvailable = true
    expect(told.paymentMethods).toEqual([
      { method: 'PAYPAY', available: false },
      { method: 'WALLET', available: true },
    ])
  })

  it('says when payments and sign-ins are real', async () => {
    const { developmentIssuer: _, ...deps } = bench.deps
    const config = readConfig({
      PAYPAY_ENVIRONMENT: 'sandbox',
      PAYPAY_API_KEY: 'key',
      PAYPAY_API_SECRET: 'secret',
      PAYPAY_MERCHANT_ID: 'merchant',
      PAYPAY_WEBHOOK_SECRET: 'the-webhook-secret-of-24-and-more',
    })
    const real = await buildApi({ ...deps, config })
    expect((await real.inject('/api/shop')).json()).toMatchObject({
      developmentSignIn: false,
      simulatedPayments: false,
    })
    await real.close()
  })
})
