import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTo } from '../realtime/testing.ts'
import { apiBench, type ApiBench } from '../testing.ts'

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS'

describe('the API with pages for every address beside it', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({
      beside: (app) => {
        app.get('/*', (_request, reply) => reply.type('text/html').send('<h1>A page</h1>'))
      },
    })
  })
  afterAll(() => bench.close())
  const ask = (url: string, method: Method = 'GET', headers: Record<string, string> = {}) =>
    bench.app.inject({ url, method, headers })
  const codeOf = (reply: { body: string; json: () => { code: string } }) => reply.json().code

  it.each(['/', '/checkout/return/x', '/apiary', '/healthy', '/wsx', '/products/tea'])(
    'leaves %s to the pages',
    async (url) => {
      const reply = await ask(url)
      expect([reply.statusCode, reply.body]).toEqual([200, '<h1>A page</h1>'])
      expect((await ask(url, 'HEAD')).statusCode).toBe(200)
    },
  )

  it.each([
    '/api',
    '/api/',
    '/api/nothing-here',
    '/api/nothing-here?lang=ja',
    '/api/orders/x/nothing',
    '/api/docs/nothing/here',
    '/health',
    '/health/nothing',
    '/actuator/env',
    '/problems',
    '/problems/a/b',
    '/metrics/nothing',
    '/ws',
    '/ws/nothing',
  ])('answers GET and POST of %s as the problem it is', async (url) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      const reply = await ask(url, method, { accept: 'text/html' })
      expect([method, reply.statusCode, reply.headers['content-type']]).toEqual([
        method,
        404,
        expect.stringContaining('application/problem+json'),
      ])
      expect(codeOf(reply)).toBe('not-found')
      expect(reply.headers['x-correlation-id']).toBe(reply.json<{ correlationId: string }>().correlationId)
    }
    expect((await ask(url, 'HEAD')).statusCode).toBe(404)
  })

  it.each([
    ['DELETE', '/api/categories', ['GET', 'HEAD']],
    ['POST', '/api/products/tea', ['GET', 'HEAD']],
    ['DELETE', '/api/cart', ['GET', 'HEAD', 'PUT']],
    ['GET', '/api/auth/session', ['POST']],
    ['GET', '/api/orders/x/cancel', ['POST']],
    ['POST', '/health/live', ['GET', 'HEAD']],
    ['PUT', '/metrics', ['GET', 'HEAD']],
    ['POST', '/actuator/health', ['GET', 'HEAD']],
    ['DELETE', '/problems/not-found', ['GET', 'HEAD']],
  ] as const)('answers %s %s with the methods there are', async (method, url, allowed) => {
    const reply = await ask(url, method)
    expect([reply.statusCode, codeOf(reply)]).toEqual([405, 'method-not-allowed'])
    expect(String(reply.headers.allow).split(', ').sort()).toEqual([...allowed])
  })

  it('does not read the body of what is not there', async () => {
    const reply = await bench.app.inject({
      url: '/api/nothing-here',
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      payload: '<x/>'.repeat(100_000),
    })
    expect([reply.statusCode, codeOf(reply)]).toEqual([404, 'not-found'])
  })

  it('refuses an upgrade to a socket that is not there', async () => {
    expect(await connectTo(`ws://127.0.0.1:${bench.port}/ws/nothing`).refused()).toBe(404)
    // A page is no socket either; a connection left open would keep the bench from closing.
    expect(await connectTo(`ws://127.0.0.1:${bench.port}/nothing`).refused()).toBe(200)
  })

  it('still answers what is there', async () => {
    for (const url of ['/api/categories', '/api/openapi.json', '/api/docs/', '/health/live', '/metrics'])
      expect([url, (await ask(url)).statusCode]).toEqual([url, 200])
    expect((await ask('/api/openapi.json')).body).not.toContain('/api/*')
    const problem = await ask('/api/products/%zz')
    expect([problem.statusCode, codeOf(problem)]).toEqual([400, 'bad-request'])
  })
})

describe('the API alone', () => {
  it('has no page at its front door or where buyers return to', async () => {
    const bench = await apiBench()
    for (const url of ['/', '/checkout/return/x']) {
      const reply = await bench.app.inject(url)
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([404, 'not-found'])
    }
    await bench.close()
  })
})
