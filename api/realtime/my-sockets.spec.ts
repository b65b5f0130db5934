import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { z } from 'zod'
import { merchantPaymentIdOf, OrderId, RefundId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { SessionsUnavailable } from '#platform/sessions/port.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { positionWait } from '#projections/wait.ts'
import { buildApi } from '../app.ts'
import { sessionKey } from '../plugins/session-cookies.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'
import { ChannelWord, News } from './news.ts'
import { contextFor } from './testing.ts'

const PRICE = 1_000

/** A tab that remembers the news it was told. */
const tabOf = (port: number, browser?: Browser, options: ClientOptions = {}) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/me`, {
    ...options,
    headers: { ...(browser === undefined ? {} : { cookie: `sid=${browser.sid}` }), ...options.headers },
  })
  const news: News[] = []
  const words: string[] = []
  const texts: string[] = []
  let closedWith: number | undefined
  let refusedWith: number | undefined
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8')
    texts.push(text)
    const word = ChannelWord.safeParse(JSON.parse(text))
    if (word.success) words.push(word.data.type)
    else news.push(News.parse(JSON.parse(text)))
  })
  socket.on('close', (code) => {
    closedWith = code
  })
  socket.on('unexpected-response', (_request, response) => {
    refusedWith = response.statusCode
    socket.terminate()
  })
  socket.on('error', () => {})
  return {
    socket,
    news,
    words,
    texts,
    ready: () => until('the socket is ready', () => words[0]),
    closed: () => until('the socket was closed', () => closedWith),
    answered: () => until('it is answered', () => words[0] ?? refusedWith),
    refused: () => until('the upgrade was refused', () => refusedWith),
    hears: (about: Partial<News>) =>
      until(`it hears ${JSON.stringify(about)}`, () =>
        news.find((one) => Object.entries(about).every(([name, value]) => Reflect.get(one, name) === value)),
      ),
  }
}

const shopping = (bench: ApiBench) => {
  const run = (orderId: string, command: OrderCommand) =>
    bench.deps.commands.run(order, orderId, command, contextFor(orderId))
  const now = () => bench.deps.clock.nowMs()
  const place = async (by: Browser): Promise<OrderId> => {
    const reply = await by.order({
      items: [{ productId: 'sencha', quantity: 2 }],
      paymentMethod: 'PAYPAY',
      contact: { name: '山田花子', email: 'private@example.com' },
    })
    return OrderId.parse(reply.json<{ orderId: string }>().orderId)
  }
  return {
    place,
    fail: (orderId: OrderId) =>
      run(orderId, { type: 'FailOrder', reason: 'INVENTORY_SHORTAGE', atMs: now() }),
    pay: (orderId: OrderId, succeededAtMs = now()) =>
      run(orderId, {
        type: 'ConfirmPayment',
        merchantPaymentId: merchantPaymentIdOf(orderId, 1),
        paymentId: '04137808670405270001',
        amount: money(2 * PRICE, 'JPY'),
        succeededAtMs,
        atMs: now(),
      }),
    giveBack: async (orderId: OrderId, amountMinor: number) => {
      const refundId = RefundId.parse(randomUUID())
      await run(orderId, {
        type: 'RequestOrderRefund',
        refundId,
        amount: money(amountMinor, 'JPY'),
        reason: 'torn',
        returning: [],
        requestedBy: 'staff:x',
        atMs: now(),
      })
      await run(orderId, { type: 'CompleteOrderRefund', refundId, atMs: now() })
      return refundId
    },
  }
}

describe('my own channel', () => {
  let bench: ApiBench
  let shop: ReturnType<typeof shopping>
  let hanako: Browser
  let taro: Browser
  /** A second process of the shop: the same stores, and the log instead of the projections to follow. */
  let elsewhere: { readonly app: FastifyInstance; readonly port: number }
  beforeAll(async () => {
    bench = await apiBench()
    await bench.offer('sencha', PRICE)
    shop = shopping(bench)
    hanako = await bench.signIn('hanako@example.com')
    taro = await bench.signIn('taro@example.com')
    const { onChange: _onChange, ...deps } = bench.deps
    const { readStore, clock } = deps
    const app = await buildApi({
      ...deps,
      waitFor: positionWait({ readStore, projections: shopProjections, clock }),
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    elsewhere = { app, port: z.object({ port: z.number() }).parse(app.server.address()).port }
  })
  afterAll(async () => {
    await elsewhere.app.close()
    await bench.close()
  })

  it('tells every tab, at every process, once and under the same id, and nobody else', async () => {
    const tabs = [tabOf(bench.port, hanako), tabOf(bench.port, hanako), tabOf(elsewhere.port, hanako)]
    const strangers = [tabOf(bench.port, taro), tabOf(elsewhere.port, taro)]
    for (const tab of [...tabs, ...strangers]) await tab.ready()
    const orderId = await shop.place(hanako)
    await shop.pay(orderId)
    const paid = { type: 'ORDER_PAID', orderId, isLate: false } as const
    const heard = await Promise.all(tabs.map((tab) => tab.hears(paid)))
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1)
    expect(heard[0]).toMatchObject({ amount: { amountMinor: 2 * PRICE, currency: 'JPY' } })

    const part = await shop.giveBack(orderId, 500)
    const rest = await shop.giveBack(orderId, 1_500)
    for (const tab of tabs) {
      const first = await tab.hears({ id: `refund-${part}` })
      expect(first).toMatchObject({ type: 'REFUND_DONE', amount: { amountMinor: 500 } })
      expect(await tab.hears({ id: `refund-${rest}` })).toMatchObject({ isWhole: true })
    }
    // Told last, so that whatever else was told to the strangers has come before it.
    const other = await shop.place(taro)
    await shop.fail(other)
    for (const stranger of strangers) {
      await stranger.hears({ type: 'PAYMENT_FAILED', orderId: other, reason: 'INVENTORY_SHORTAGE' })
      expect(stranger.news.map((news) => news.orderId)).toEqual([other])
    }
    for (const tab of tabs) {
      expect(tab.news.filter((news) => news.orderId === orderId)).toHaveLength(3)
      expect(tab.texts.join()).not.toMatch(/花子|private@|hanako|torn|staff:/)
      tab.socket.close()
    }
    for (const stranger of strangers) stranger.socket.close()
  })

  it('tells a tab that comes back what it missed, under the same ids, and not what is long over', async () => {
    const before = tabOf(bench.port, hanako)
    await before.ready()
    const orderId = await shop.place(hanako)
    await shop.pay(orderId)
    const { id } = await before.hears({ type: 'ORDER_PAID', orderId })
    before.socket.close()
    await before.closed()
    const refundId = await shop.giveBack(orderId, 100)
    const old = await shop.place(hanako)
    await shop.pay(old, bench.deps.clock.nowMs() - 3_600_000)
    await shop.giveBack(orderId, 100)
    await bench.projections.waitFor(await lastPosition(orderId), 30_000)
    for (const port of [bench.port, elsewhere.port]) {
      const after = tabOf(port, hanako)
      await after.ready()
      expect(await after.hears({ id })).toMatchObject({ isLate: true, type: 'ORDER_PAID' })
      await after.hears({ id: `refund-${refundId}` })
      expect(after.news.filter((news) => news.orderId === old)).toEqual([])
      after.socket.close()
    }
  })
  const lastPosition = async (orderId: string) =>
    (await bench.eventsOf(`order-${orderId}`)).at(-1)?.position ?? 0

  it('is refused to whoever is not signed in, and to pages of another origin', async () => {
    expect(await tabOf(bench.port).refused()).toBe(401)
    const headers = { origin: 'https://elsewhere.example' }
    expect(await tabOf(bench.port, hanako, { headers }).refused()).toBe(403)
    expect((await hanako.get('/ws/me')).statusCode).toBe(404)
  })

  it('answers PING, passes over what it does not know, and ends what floods it', async () => {
    const tab = tabOf(bench.port, taro)
    await tab.ready()
    tab.socket.send('nonsense')
    tab.socket.send('{"type":"STATUS"}')
    tab.socket.send('{"type":"ping"}')
    await until('a PONG', () => tab.words.includes('PONG'))
    expect(tab.words).toEqual(['READY', 'PONG'])
    for (let n = 0; n < 200; n += 1) tab.socket.send('x')
    expect(await tab.closed()).toBe(1008)
    const large = tabOf(bench.port, taro)
    await large.ready()
    large.socket.send('x'.repeat(2_000))
    expect(await large.closed()).toBe(1009)
  })

  it('is to be had twenty times by one customer, whatever others have', async () => {
    const tabs = Array.from({ length: 20 }, () => tabOf(bench.port, taro))
    for (const tab of tabs) await tab.ready()
    expect(await tabOf(bench.port, taro).refused()).toBe(503)
    const other = tabOf(bench.port, hanako)
    await other.ready()
    tabs[0]?.socket.close()
    const again = await until('there is room again', async () => {
      const tab = tabOf(bench.port, taro)
      return (await tab.answered()) === 'READY' && tab
    })
    for (const { socket } of [...tabs, other, again]) socket.close()
  })
})

describe('my own channel, when the session ends', () => {
  const clock = manualClock(new Date().getTime())
  let isAway = false
  let bench: ApiBench
  let shop: ReturnType<typeof shopping>
  beforeAll(async () => {
    bench = await apiBench({
      clock,
      replace: ({ sessions }) => ({
        sessions: {
          ...sessions,
          get: async (key) => {
            if (isAway) throw new SessionsUnavailable('away')
            return sessions.get(key)
          },
        },
      }),
    })
    await bench.offer('sencha', PRICE)
    shop = shopping(bench)
  })
  afterAll(() => bench.close())

  it('is closed within twenty seconds of a sign-out, also of one everywhere, and of the expiry', async () => {
    const [here, there] = [await bench.signIn('x@example.com'), await bench.signIn('x@example.com')]
    const expiring = await bench.signIn('v@example.com')
    const other = await bench.signIn('y@example.com')
    const [mine, everywhere] = [tabOf(bench.port, here), tabOf(bench.port, there)]
    const [lapsing, others] = [tabOf(bench.port, expiring), tabOf(bench.port, other)]
    for (const tab of [mine, everywhere, lapsing, others]) await tab.ready()
    const record = await bench.deps.sessions.get(sessionKey(expiring.sid))
    if (record === undefined) throw new Error('There is no session')
    await bench.deps.sessions.set(sessionKey(expiring.sid), {
      ...record,
      expiresAtMs: clock.nowMs() + 10_000,
    })
    await here.post('/api/auth/logout', { everywhere: true })
    await clock.advance(20_000)
    for (const tab of [mine, everywhere, lapsing]) expect(await tab.closed()).toBe(1008)
    expect(others.socket.readyState).toBe(WebSocket.OPEN)
    others.socket.send('PING')
    await until('it still answers', () => others.words.includes('PONG'))
    others.socket.close()
  })

  it('tells nothing any more to a session that has ended, even before it is closed', async () => {
    const [browser, witness] = [await bench.signIn('z@example.com'), await bench.signIn('z@example.com')]
    const [gone, still] = [tabOf(bench.port, browser), tabOf(bench.port, witness)]
    await gone.ready()
    await still.ready()
    const orderId = await shop.place(browser)
    await browser.post('/api/auth/logout')
    await shop.pay(orderId)
    await still.hears({ type: 'ORDER_PAID', orderId })
    expect(await gone.closed()).toBe(1008)
    expect(gone.news).toEqual([])
    still.socket.close()
  })

  it('is refused, and closed to come back later, while it cannot be told who is signed in', async () => {
    const browser = await bench.signIn('w@example.com')
    const tab = tabOf(bench.port, browser)
    await tab.ready()
    isAway = true
    expect(await tabOf(bench.port, browser).refused()).toBe(503)
    await clock.advance(20_000)
    expect(await tab.closed()).toBe(1013)
    isAway = false
    const again = tabOf(bench.port, browser)
    await again.ready()
    again.socket.close()
  })
})
