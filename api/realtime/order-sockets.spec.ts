import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClientOptions } from 'ws'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { channelTokens } from '../channel-token.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'
import { connectTo, contextFor } from './testing.ts'

for (const colocated of [true, false])
  describe(`a socket on an order, ${colocated ? 'beside the projections' : 'with the projections elsewhere'}`, () => {
    let bench: ApiBench
    let hanako: Browser
    beforeAll(async () => {
      bench = await apiBench({ colocated })
      await bench.offer('sencha')
      hanako = await bench.signIn('hanako@example.com')
    })
    afterAll(() => bench.close())

    const place = async (browser = hanako) => {
      const reply = await browser.order({
        items: [{ productId: 'sencha', quantity: 1 }],
        paymentMethod: 'PAYPAY',
      })
      return reply.json<{ orderId: string; channelToken: string; position: number }>()
    }
    const urlFor = (orderId: string, token: string) =>
      `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${orderId}&token=${encodeURIComponent(token)}`
    const tell = (orderId: string, command: OrderCommand) =>
      bench.deps.commands.run(order, orderId, command, contextFor(orderId))
    const now = () => bench.deps.clock.nowMs()

    it('begins with a snapshot and goes on with every change, never backwards', async () => {
      const { orderId, channelToken, position } = await place()
      const client = connectTo(urlFor(orderId, channelToken))
      const first = await client.opened()
      expect(first).toMatchObject({
        type: 'SNAPSHOT',
        orderId,
        status: 'PENDING',
        result: 'PENDING',
        sequence: position,
      })
      const merchantPaymentId = merchantPaymentIdOf(OrderId.parse(orderId), 1)
      await tell(orderId, {
        type: 'AwaitPayment',
        merchantPaymentId,
        attempt: 1,
        codeExpiresAtMs: now() + 60_000,
        atMs: now(),
      })
      await client.has('the waiting', ({ type, status }) => type === 'UPDATE' && status === 'WAITING_PAYMENT')
      await tell(orderId, { type: 'FailOrder', reason: 'PAYMENT_EXPIRED', atMs: now() })
      await client.has('the end', ({ type, status }) => type === 'SNAPSHOT' && status === 'FAILED')
      expect(client.messages.at(-1)).toMatchObject({ result: 'TIMEOUT', failureReason: 'PAYMENT_EXPIRED' })
      const sequences = client.messages.map(({ sequence }) => sequence)
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
      client.socket.close()
    })

    it('tells everybody who looks', async () => {
      const { orderId, channelToken } = await place()
      const clients = Array.from({ length: 5 }, () => connectTo(urlFor(orderId, channelToken)))
      await Promise.all(clients.map((client) => client.opened()))
      await tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: now() })
      await Promise.all(
        clients.map((client) => client.has('the end', ({ status }) => status === 'CANCELLED')),
      )
      expect(clients.map((client) => client.messages.at(-1)?.result)).toEqual(
        Array.from({ length: 5 }, () => 'FAILED'),
      )
      for (const { socket } of clients) socket.close()
    })

    it('shows the final state also to who connects after the end', async () => {
      const { orderId, channelToken } = await place()
      await hanako.post(`/api/orders/${orderId}/cancel`)
      await until(
        'the read model knows',
        async () =>
          (await hanako.get(`/api/orders/${orderId}`)).json<{ status: string }>().status === 'CANCELLED',
      )
      const client = connectTo(urlFor(orderId, channelToken))
      expect(await client.opened()).toMatchObject({ type: 'SNAPSHOT', status: 'CANCELLED', result: 'FAILED' })
      client.socket.close()
    })
  })

describe('a socket on an order', () => {
  let bench: ApiBench
  let hanako: Browser
  let placed: { orderId: string; channelToken: string }
  beforeAll(async () => {
    bench = await apiBench()
    await bench.offer('sencha')
    hanako = await bench.signIn('hanako@example.com')
    const reply = await hanako.order({
      items: [{ productId: 'sencha', quantity: 1 }],
      paymentMethod: 'PAYPAY',
    })
    placed = reply.json()
  })
  afterAll(() => bench.close())

  const connect = (query: Record<string, string>, options: ClientOptions = {}) =>
    connectTo(`ws://127.0.0.1:${bench.port}/ws/orders?${new URLSearchParams(query).toString()}`, options)
  const good = () => ({ orderId: placed.orderId, token: placed.channelToken })

  it('tells nothing more once the session that its token was given to has ended', async () => {
    const phone = await bench.signIn('hanako@example.com')
    const reply = await phone.order({
      items: [{ productId: 'sencha', quantity: 1 }],
      paymentMethod: 'PAYPAY',
    })
    const { orderId, channelToken } = reply.json<{ orderId: string; channelToken: string }>()
    const [listening, asking] = [1, 2].map(() => connect({ orderId, token: channelToken }))
    if (listening === undefined || asking === undefined) throw new Error('two sockets')
    await Promise.all([listening.opened(), asking.opened()])
    await phone.post('/api/auth/logout')
    asking.socket.send('STATUS')
    expect(await asking.closed()).toBe(1008)
    expect((await hanako.post(`/api/orders/${orderId}/cancel`)).statusCode).toBe(200)
    expect(await listening.closed()).toBe(1008)
    for (const { messages } of [listening, asking])
      expect(messages.map(({ type, status }) => [type, status])).toEqual([['SNAPSHOT', 'PENDING']])
  })

  it.each(['PING', 'STATUS', '"PING"', '{"type":"PING"}', '{"type":"STATUS"}'])(
    'answers %s with PONG and a snapshot',
    async (question) => {
      const client = connect(good())
      await client.opened()
      client.socket.send(question)
      await until('both came', () => client.messages.length >= 3)
      expect(client.messages.slice(1).map(({ type }) => type)).toEqual(['PONG', 'SNAPSHOT'])
      expect(client.messages[1]).toMatchObject({ orderId: placed.orderId, serverTimeMs: expect.any(Number) })
      client.socket.close()
    },
  )

  it('passes over what it does not understand', async () => {
    const client = connect(good())
    await client.opened()
    for (const noise of ['hello', '{"type":"DELETE"}', '{', '[]']) client.socket.send(noise)
    client.socket.send('PING')
    await client.has('the answer', ({ type }) => type === 'PONG')
    expect(client.messages.map(({ type }) => type).slice(0, 2)).toEqual(['SNAPSHOT', 'PONG'])
    client.socket.close()
  })

  describe('is refused', () => {
    it.each([
      ['no token', () => ({ orderId: placed.orderId })],
      ['a token that is none', () => ({ orderId: placed.orderId, token: 'abc' })],
      [
        'a token with another signature',
        () => ({ orderId: placed.orderId, token: `${placed.channelToken.slice(0, -4)}AAAA` }),
      ],
    ])('with 1008 for %s', async (_what, query) => {
      expect(await connect(query() as Record<string, string>).closed()).toBe(1008)
    })

    it('with 1008 for another order’s token and for an expired one', async () => {
      const other = (
        await hanako.order({ items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' })
      ).json<{ orderId: string }>()
      expect(await connect({ orderId: other.orderId, token: placed.channelToken }).closed()).toBe(1008)
      const past = channelTokens(
        bench.deps.channelSecret,
        manualClock(bench.deps.clock.nowMs() - 17 * 60_000),
      )
      const token = await past.issue({ orderId: OrderId.parse(placed.orderId), sessionKey: 'any' })
      expect(await connect({ orderId: placed.orderId, token }).closed()).toBe(1008)
    })

    it('with 4404 for an order that does not exist', async () => {
      expect(await connect({ ...good(), orderId: randomUUID() }).closed()).toBe(4404)
      expect(await connect({ ...good(), orderId: 'garbage' }).closed()).toBe(4404)
    })

    it('with 1008 once the session of the token has ended, or in another browser', async () => {
      const taro = await bench.signIn('taro@example.com')
      expect(await connect(good(), { headers: { cookie: `sid=${taro.sid}` } }).closed()).toBe(1008)
      const reply = await taro.order({
        items: [{ productId: 'sencha', quantity: 1 }],
        paymentMethod: 'PAYPAY',
      })
      const { orderId, channelToken } = reply.json<{ orderId: string; channelToken: string }>()
      await taro.post('/api/auth/logout')
      expect(await connect({ orderId, token: channelToken }).closed()).toBe(1008)
    })

    it('before the upgrade for pages of other sites', async () => {
      expect(await connect(good(), { origin: 'https://evil.example' }).refused()).toBe(403)
      const own = connect(good(), { origin: `http://127.0.0.1:${bench.port}` })
      expect(await own.opened()).toMatchObject({ type: 'SNAPSHOT' })
      own.socket.close()
    })

    it('when it sends more than a question, or floods', async () => {
      const big = connect(good())
      await big.opened()
      big.socket.send('x'.repeat(2_000))
      expect(await big.closed()).toBe(1009)
      const flood = connect(good())
      await flood.opened()
      for (let n = 0; n < 500; n += 1) flood.socket.send('PING')
      expect(await flood.closed()).toBe(1008)
    })
  })

  it('is not to be had for a plain request', async () => {
    const reply = await bench.app.inject('/ws/orders?orderId=x&token=y')
    expect(reply.statusCode).toBe(404)
  })

  it('is counted, and forgotten when it is gone', async () => {
    const sockets = async () => (await bench.deps.metrics.sockets.get()).values[0]?.value
    await until('earlier ones are gone', async () => (await sockets()) === 0)
    const client = connect(good())
    await client.opened()
    expect(await sockets()).toBe(1)
    client.socket.terminate()
    await until('it is forgotten', async () => (await sockets()) === 0)
  })

  it('is told to come back when the shop restarts', async () => {
    const other = await apiBench()
    await other.offer('sencha')
    const taro = await other.signIn('taro@example.com')
    const reply = await taro.order({ items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' })
    const { orderId, channelToken } = reply.json<{ orderId: string; channelToken: string }>()
    const client = connectTo(
      `ws://127.0.0.1:${other.port}/ws/orders?orderId=${orderId}&token=${channelToken}`,
    )
    await client.opened()
    await other.close()
    expect(await client.closed()).toBe(1001)
  })
})
