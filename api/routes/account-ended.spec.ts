import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { manualClock, type ManualClock } from '#platform/clock/manual-clock.ts'
import { IdentityUnavailable, type Standing } from '#platform/identity/port.ts'
import { sessionKey } from '../plugins/session-cookies.ts'
import { connectTo } from '../realtime/testing.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

const MINUTE = 60_000
const ORDER = { items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' }

const codeIn = (body: string) => z.object({ code: z.string() }).parse(JSON.parse(body)).code

describe('a session whose account', () => {
  let bench: ApiBench
  let clock: ManualClock
  let says: Standing | 'nothing' = { validSinceMs: 0 }
  beforeAll(async () => {
    // Tokens of the development issuer are checked by this clock too, so it starts now.
    clock = manualClock(new Date().getTime())
    bench = await apiBench({
      clock,
      replace: ({ identity }) => ({
        identity: {
          ...identity,
          standing: async () => {
            if (says === 'nothing') throw new IdentityUnavailable('silent')
            return says
          },
        },
      }),
    })
    await bench.offer('sencha')
  })
  afterAll(() => bench.close())

  const signIn = (...given: Parameters<ApiBench['signIn']>) => {
    says = { validSinceMs: 0 }
    return bench.signIn(...given)
  }
  const outcomeOf = async (reply: ReturnType<Browser['get']>) => {
    const { statusCode, body } = await reply
    return statusCode < 300 ? statusCode : [statusCode, codeIn(body)]
  }
  const isKept = async (browser: Browser) =>
    (await bench.deps.sessions.get(sessionKey(browser.sid))) !== undefined

  const NO_LONGER = [401, 'SESSION_NOT_FOUND']

  it('is disabled buys nothing a minute later, and is gone', async () => {
    const hanako = await signIn('hanako@example.com')
    says = 'ended'
    expect(await outcomeOf(hanako.order(ORDER))).toBe(201)
    await clock.advance(MINUTE + 1)
    expect(await outcomeOf(hanako.order(ORDER))).toEqual(NO_LONGER)
    expect(await isKept(hanako)).toBe(false)
    says = { validSinceMs: 0 }
    expect(await outcomeOf(hanako.get('/api/orders'))).toEqual(NO_LONGER)
  })

  it('is disabled reads nothing of its own five minutes later', async () => {
    const hanako = await signIn('reading@example.com')
    says = 'ended'
    await clock.advance(4 * MINUTE)
    expect(await outcomeOf(hanako.get('/api/me'))).toBe(200)
    await clock.advance(MINUTE + 1)
    expect(await outcomeOf(hanako.get('/api/me'))).toEqual(NO_LONGER)
  })

  it('is of staff and disabled reads nothing at all a minute later', async () => {
    const staff = await signIn('staff@example.com', ['support'])
    says = 'ended'
    await clock.advance(MINUTE + 1)
    expect(await outcomeOf(staff.get('/api/ops/alerts'))).toEqual(NO_LONGER)
    expect(await isKept(staff)).toBe(false)
  })

  it('is let in again signs in again, and is not held up by what was heard of it before', async () => {
    const before = await signIn('again@example.com', ['support'])
    says = 'ended'
    await clock.advance(MINUTE + 1)
    expect(await outcomeOf(before.get('/api/ops/alerts'))).toEqual(NO_LONGER)
    const after = await signIn('again@example.com', ['support'])
    expect(await outcomeOf(after.get('/api/ops/alerts'))).toBe(200)
  })

  it('is not known about goes on buying, and staff for ten minutes; nobody is signed out for it', async () => {
    const hanako = await signIn('buyer@example.com')
    const staff = await signIn('operator@example.com', ['operator'])
    says = 'nothing'
    await clock.advance(10 * MINUTE)
    expect(await outcomeOf(staff.get('/api/ops/alerts'))).toBe(200)
    await clock.advance(MINUTE)
    expect(await outcomeOf(staff.get('/api/ops/alerts'))).toEqual([503, 'temporarily-unavailable'])
    expect(await outcomeOf(staff.get('/api/wallet'))).toBe(200)
    expect(await outcomeOf(hanako.order(ORDER))).toBe(201)
    says = { validSinceMs: 0 }
    await clock.advance(MINUTE)
    expect(await outcomeOf(staff.get('/api/ops/alerts'))).toBe(200)
    says = 'nothing'
    await clock.advance(20 * MINUTE)
    expect(await outcomeOf(staff.post('/api/auth/logout'))).toBe(200)
  })

  it('is disabled is told no more news, and loses its session', async () => {
    const hanako = await signIn('news@example.com')
    const client = connectTo(`ws://127.0.0.1:${bench.port}/ws/me`, {
      headers: { cookie: `sid=${hanako.sid}` },
    })
    await client.opened()
    says = 'ended'
    // Virtual minutes are too short for real pongs, so the client is heard of between the heartbeats.
    for (let waitedMs = 0; waitedMs < 5 * MINUTE; waitedMs += 20_000) {
      const before = client.messages.length
      client.socket.send('PING')
      await until('it is answered', () => client.messages.length > before)
      await clock.advance(20_000)
    }
    await clock.advance(20_000)
    expect(await client.closed()).toBe(1008)
    expect(await isKept(hanako)).toBe(false)
  })
})
