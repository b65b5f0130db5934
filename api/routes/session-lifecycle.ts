import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { SessionStore } from '#platform/sessions/port.ts'
import { buildApi } from '../app.ts'
import { sessionKey } from '../plugins/session-cookies.ts'
import { apiBench, type ApiBench } from '../testing.ts'

const ORDER = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' }
const Opened = z.object({ csrfToken: z.string(), customerId: z.string(), roles: z.array(z.string()) })

/**
 * What a session must do wherever it is kept: `open` gives two views of one store, as two instances of a shop have them.
 */
export const sessionLifecycle = (
  engine: string,
  open: () => Promise<readonly [SessionStore, SessionStore]>,
): void => {
  describe(`a session kept in ${engine}`, () => {
    let bench: ApiBench
    let other: Awaited<ReturnType<typeof buildApi>>
    let stores: readonly [SessionStore, SessionStore]
    beforeAll(async () => {
      bench = await apiBench()
      stores = await open()
      other = await buildApi({ ...bench.deps, sessions: stores[1] })
      first = await buildApi({ ...bench.deps, sessions: stores[0] })
      await bench.offer('sencha')
    })
    let first: Awaited<ReturnType<typeof buildApi>>
    afterAll(async () => {
      await Promise.all([first.close(), other.close()])
      for (const store of stores) await store.close()
      await bench.close()
    })

    const signIn = async (email: string, cookie?: string, roles: readonly string[] = []) => {
      const issued = await first.inject({
        method: 'POST',
        url: '/api/dev/sign-in',
        payload: { email, roles },
      })
      const reply = await first.inject({
        method: 'POST',
        url: '/api/auth/session',
        payload: issued.json(),
        headers: cookie === undefined ? {} : { cookie: `sid=${cookie}` },
      })
      expect(reply.statusCode).toBe(201)
      expect(reply.cookies.map(({ name }) => name)).toEqual(['sid'])
      const sid = reply.cookies[0]?.value ?? ''
      return { sid, ...Opened.parse(reply.json()) }
    }
    const ask = (at: typeof first, sid: string, url = '/api/orders') =>
      at.inject({ url, headers: { cookie: `sid=${sid}` } })
    const post = (at: typeof first, sid: string, csrfToken: string, url: string, payload: object) =>
      at.inject({
        method: 'POST',
        url,
        payload,
        headers: { cookie: `sid=${sid}`, 'x-csrf-token': csrfToken, 'idempotency-key': `key-${sid}` },
      })
    const codeOf = (reply: { json: () => { code?: string } }) => reply.json().code

    it('holds for every instance, with its roles', async () => {
      const { sid, customerId, roles } = await signIn('roles@example.com', undefined, ['support'])
      expect(roles).toEqual(['customer', 'support'])
      expect((await ask(other, sid, '/api/auth/status')).json()).toMatchObject({
        authenticated: true,
        customerId,
        roles: ['customer', 'support'],
      })
      expect((await ask(other, sid, '/api/ops/alerts')).statusCode).toBe(200)
      expect((await ask(other, sid, '/api/audit/events')).statusCode).toBe(403)
    })

    it('is new on every sign-in, and the old one is gone from the store', async () => {
      const before = await signIn('hanako@example.com')
      const after = await signIn('hanako@example.com', before.sid)
      expect(after.sid).not.toBe(before.sid)
      expect(await stores[0].get(sessionKey(before.sid))).toBeUndefined()
      expect(codeOf(await ask(other, before.sid))).toBe('SESSION_NOT_FOUND')
      expect((await ask(other, after.sid)).statusCode).toBe(200)
    })

    it('ends the one that the browser brought along also when it was somebody else’s', async () => {
      const taro = await signIn('taro@example.com')
      const elsewhere = await signIn('taro@example.com')
      const hanako = await signIn('hanako@example.com', taro.sid)
      expect(await stores[0].get(sessionKey(taro.sid))).toBeUndefined()
      expect(await stores[1].get(sessionKey(elsewhere.sid))).toMatchObject({ subject: taro.customerId })
      expect(await stores[1].get(sessionKey(hanako.sid))).toMatchObject({ subject: hanako.customerId })
    })

    it('has a CSRF token of its own, which ends with it', async () => {
      const before = await signIn('csrf@example.com')
      const after = await signIn('csrf@example.com', before.sid)
      const stale = await post(first, after.sid, before.csrfToken, '/api/orders', ORDER)
      expect([stale.statusCode, codeOf(stale)]).toEqual([403, 'csrf-token-invalid'])
      expect((await post(other, after.sid, after.csrfToken, '/api/orders', ORDER)).statusCode).toBe(201)
    })

    it('is not found under the cookie’s own value, which is nowhere in the store', async () => {
      const { sid } = await signIn('hash@example.com')
      expect(await stores[0].get(sid)).toBeUndefined()
      expect(JSON.stringify(await stores[0].get(sessionKey(sid)))).not.toContain(sid)
    })

    it('ends everywhere, in all instances, and nobody else’s with it', async () => {
      const mine = [await signIn('many@example.com'), await signIn('many@example.com')]
      const [phone, laptop] = mine
      const taro = await signIn('taro@example.com')
      if (phone === undefined || laptop === undefined) throw new Error('two sessions')
      const reply = await post(other, phone.sid, phone.csrfToken, '/api/auth/logout', { everywhere: true })
      expect(reply.statusCode).toBe(200)
      for (const { sid } of mine) expect(codeOf(await ask(first, sid))).toBe('SESSION_NOT_FOUND')
      expect((await ask(first, taro.sid)).statusCode).toBe(200)
    })

    it('is not brought back by what was under way when all were ended', async () => {
      const phone = await signIn('under-way@example.com')
      const laptop = await signIn('under-way@example.com')
      const underWay = Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0
          ? ask(n % 4 === 0 ? first : other, phone.sid, '/api/auth/status')
          : post(other, phone.sid, phone.csrfToken, '/api/orders', ORDER),
      )
      const ended = await post(first, laptop.sid, laptop.csrfToken, '/api/auth/logout', { everywhere: true })
      expect(ended.statusCode).toBe(200)
      await Promise.all(underWay)
      for (const { sid } of [phone, laptop]) expect(await stores[1].get(sessionKey(sid))).toBeUndefined()
    })

    it('ends no later than its token, whose life is a day at most', async () => {
      const { sid } = await signIn('life@example.com')
      const record = await stores[0].get(sessionKey(sid))
      const lifeMs = (record?.expiresAtMs ?? 0) - bench.deps.clock.nowMs()
      expect(lifeMs).toBeGreaterThan(11 * 3_600_000)
      expect(lifeMs).toBeLessThanOrEqual(12 * 3_600_000)
    })

    it.each(['', 'not json', 'null', '[]', '{"cookie":5}', '{"cookie":{},"customer":{"customerId":""}}'])(
      'is none when its body is %j, and goes when somebody signs in over it',
      async (body) => {
        const { sid, customerId } = await signIn('unreadable@example.com')
        const key = sessionKey(sid)
        await stores[0].set(key, {
          subject: customerId,
          body,
          expiresAtMs: bench.deps.clock.nowMs() + 60_000,
        })
        expect(codeOf(await ask(other, sid))).toBe('SESSION_NOT_FOUND')
        await signIn('unreadable@example.com', sid)
        expect(await stores[0].get(key)).toBeUndefined()
      },
    )

    it('keeps who holds it from being changed by what the store is told of somebody else', async () => {
      const { sid, customerId } = await signIn('whole@example.com')
      const before = await stores[0].get(sessionKey(sid))
      await signIn('another@example.com')
      expect(await stores[1].get(sessionKey(sid))).toEqual(before)
      expect(before?.subject).toBe(customerId)
    })
  })
}
