import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ReadinessPart } from '../dependencies.ts'
import { PROBLEMS } from '../problems.ts'
import { apiBench, type ApiBench } from '../testing.ts'

const Part = z.record(z.string(), z.unknown())

describe('what machines ask', () => {
  let bench: ApiBench
  let parts: ReadinessPart[] = [{ name: 'event store', ok: false, detail: 'connecting' }]
  beforeAll(async () => {
    bench = await apiBench({ replace: () => ({ readiness: () => parts }) })
  })
  afterAll(() => bench.close())
  const ask = (url: string, method: 'GET' | 'POST' | 'DELETE' = 'GET') => bench.app.inject({ url, method })

  it('is alive before it is ready, ready only when every part is, and started once it was', async () => {
    expect((await ask('/health/live')).statusCode).toBe(200)
    expect((await ask('/health/startup')).statusCode).toBe(503)
    const early = await ask('/health/ready')
    expect([early.statusCode, early.json()]).toEqual([503, { status: 'not-ready', parts }])
    expect((await ask('/actuator/health')).json()).toMatchObject({
      status: 'DOWN',
      components: { 'event store': { status: 'DOWN' } },
    })
    parts = [
      { name: 'event store', ok: true },
      { name: 'projections', ok: true },
    ]
    expect((await ask('/health/ready')).statusCode).toBe(200)
    expect((await ask('/actuator/health')).json()).toMatchObject({ status: 'UP' })
    expect((await ask('/health/startup')).statusCode).toBe(200)
    parts = [{ name: 'event store', ok: false }]
    expect((await ask('/health/ready')).statusCode).toBe(503)
    expect((await ask('/health/startup')).statusCode).toBe(200)
  })

  it('measures requests by route pattern and never by address', async () => {
    await ask('/api/products/some-secret-thing')
    const { body } = await ask('/metrics')
    expect(body).toContain(
      'kessai_http_request_duration_seconds_bucket{le="0.005",method="GET",route="/api/products/:id",status="404"}',
    )
    expect(body).toContain('nodejs_eventloop_lag_seconds')
    expect(body).not.toContain('some-secret-thing')
  })

  it('describes itself without pointing at a shape that is not there', async () => {
    const { body } = await ask('/api/openapi.json')
    const document: unknown = JSON.parse(body)
    const pointers = new Set([...body.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer ?? ''))
    expect(pointers.size).toBeGreaterThan(0)
    for (const pointer of pointers)
      expect(
        pointer.split('/').reduce<unknown>((part, key) => Part.safeParse(part).data?.[key], document),
        pointer,
      ).toBeDefined()
  })

  it('describes itself in OpenAPI 3.1, with every route of the contract', async () => {
    const document = (await ask('/api/openapi.json')).json<{
      openapi: string
      paths: Record<string, object>
    }>()
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(operations).toEqual(
      expect.arrayContaining([
        'POST /api/dev/sign-in',
        'POST /api/auth/session',
        'GET /api/auth/status',
        'POST /api/auth/logout',
        'GET /api/shop',
        'GET /api/cart',
        'PUT /api/cart',
        'GET /api/categories',
        'GET /api/products',
        'GET /api/products/{id}',
        'GET /api/products/search',
        'GET /api/products/suggest',
        'POST /api/orders',
        'GET /api/orders',
        'GET /api/orders/{id}',
        'GET /api/orders/{id}/timeline',
        'GET /api/orders/{id}/recipient',
        'POST /api/orders/{id}/cancel',
        'POST /api/orders/{id}/payments',
        'POST /api/orders/{id}/payments/refresh',
        'GET /api/payments/{id}/qrcode',
        'POST /api/paypay/webhook',
        'GET /health/ready',
        'GET /metrics',
      ]),
    )
  })

  it('shows its documentation without leaving the origin', async () => {
    const page = await ask('/api/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("script-src 'self';")
    expect([...page.body.matchAll(/(?:src|href)="(https?:)?\/\//g)]).toEqual([])
    expect((await ask('/api/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200)
  })

  it('says what every problem code means, at the address the documents name', async () => {
    for (const code of Object.keys(PROBLEMS)) {
      const reply = await ask(`/problems/${code}`)
      expect([code, reply.statusCode]).toEqual([code, 200])
      expect(reply.body).toContain(code)
    }
    expect((await ask('/problems/constructor')).statusCode).toBe(404)
  })

  it('tells a wrong method from a wrong address', async () => {
    const wrongMethod = await ask('/api/categories', 'DELETE')
    expect([wrongMethod.statusCode, wrongMethod.json<{ code: string }>().code]).toEqual([
      405,
      'method-not-allowed',
    ])
    expect(wrongMethod.headers.allow).toContain('GET')
    const tooLong = await ask(`/api/products/${'x'.repeat(300)}`)
    expect([tooLong.statusCode, tooLong.json<{ code: string }>().code]).toEqual([404, 'not-found'])
    const wrongAddress = await ask('/api/nothing-here')
    expect([wrongAddress.statusCode, wrongAddress.json()]).toEqual([
      404,
      {
        type: '/problems/not-found',
        title: expect.any(String),
        status: 404,
        detail: expect.any(String),
        code: 'not-found',
        correlationId: wrongAddress.headers['x-correlation-id'],
      },
    ])
  })

  it('answers an address that cannot be decoded like every other mistake', async () => {
    const reply = await ask('/api/products/%zz')
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'bad-request'])
  })

  it('keeps a caller’s correlation id when it is harmless, and only then', async () => {
    const idFor = async (given: string) =>
      (await bench.app.inject({ url: '/health/live', headers: { 'x-correlation-id': given } })).headers[
        'x-correlation-id'
      ]
    expect(await idFor('checkout-7f3a9c')).toBe('checkout-7f3a9c')
    expect(await idFor('"}{"level":"fatal"')).not.toContain('fatal')
    expect(await idFor('x'.repeat(65))).not.toContain('xxx')
  })

  it('sets security headers', async () => {
    const { headers } = await ask('/api/categories')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  it('answers an unexpected fault with the correlation id and nothing of its inside, and logs it under that id', async () => {
    const broken = await apiBench({
      replace: ({ readStore }) => ({
        readStore: { ...readStore, find: () => Promise.reject(new Error('SQLITE_CORRUPT at /secret/path')) },
      }),
    })
    const reply = await broken.app.inject('/api/products')
    const document = reply.json<{ correlationId: string }>()
    expect([reply.statusCode, document]).toEqual([
      500,
      expect.objectContaining({ code: 'internal-error', correlationId: reply.headers['x-correlation-id'] }),
    ])
    expect(reply.body).not.toContain('SQLITE')
    const line = broken
      .logs()
      .split('\n')
      .find((text) => text.includes('SQLITE_CORRUPT'))
    expect(line).toContain(document.correlationId)
    await broken.close()
  })
})
