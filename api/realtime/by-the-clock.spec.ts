import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock, type ManualClock } from '#platform/clock/manual-clock.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'
import { connectTo, contextFor } from './testing.ts'

describe('a socket on an order, by the clock', () => {
  let bench: ApiBench
  let clock: ManualClock
  const asked: string[] = []
  beforeAll(async () => {
    // Tokens of the development issuer are checked by this clock too, so it starts now.
    clock = manualClock(new Date().getTime())
    bench = await apiBench({
      clock,
      replace: () => ({
        confirmations: {
          ask: (id, source) => {
            asked.push(`${source}:${id}`)
            return Promise.resolve('not-paid')
          },
        },
      }),
    })
    await bench.offer('sencha')
  })
  afterAll(() => bench.close())

  const openSockets = async () => (await bench.deps.metrics.sockets.get()).values[0]?.value
  const follow = async (browser: Browser) => {
    const reply = await browser.order({
      items: [{ productId: 'sencha', quantity: 1 }],
      paymentMethod: 'PAYPAY',
    })
    const { orderId, channelToken } = reply.json<{ orderId: string; channelToken: string }>()
    const client = connectTo(
      `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${orderId}&token=${channelToken}`,
    )
    await client.opened()
    return { orderId, client, url: client.socket.url }
  }
  const openCode = async (orderId: string) => {
    const id = OrderId.parse(orderId)
    const merchantPaymentId = merchantPaymentIdOf(id, 1)
    const atMs = clock.nowMs()
    const run = bench.deps.commands.run
    const state = await bench.deps.commands.state(order, orderId)
    if (state.status === 'none') throw new Error('There is no such order')
    await run(
      payment,
      merchantPaymentId,
      {
        type: 'RequestPayment',
        merchantPaymentId,
        orderId: id,
        attempt: 1,
        amount: state.placed.total,
        windowEndsAtMs: atMs + 900_000,
        requestedAtMs: atMs,
      },
      contextFor(orderId),
    )
    await run(
      payment,
      merchantPaymentId,
      {
        type: 'IssueCode',
        codeId: 'c',
        url: 'https://pay.example/c',
        deeplink: 'paypay://c',
        expiresAtMs: atMs + 300_000,
        atMs,
      },
      contextFor(orderId),
    )
    await run(
      order,
      orderId,
      { type: 'AwaitPayment', merchantPaymentId, attempt: 1, codeExpiresAtMs: atMs + 300_000, atMs },
      contextFor(orderId),
    )
    return merchantPaymentId
  }

  it('asks the provider every 2.5 s while somebody looks at an open code, once however many look, and then no more', async () => {
    const hanako = await bench.signIn('hanako@example.com')
    const { orderId, client, url } = await follow(hanako)
    await clock.advance(2_500)
    expect(asked).toEqual([])
    const id = await openCode(orderId)
    await client.has(
      'the code',
      ({ status, payment: shown }) => status === 'WAITING_PAYMENT' && shown?.status === 'OPEN',
    )
    const second = connectTo(url)
    await second.opened()
    await clock.advance(2_500)
    await clock.advance(2_500)
    expect(asked).toEqual([`poll:${id}`, `poll:${id}`])
    client.socket.close()
    await client.closed()
    await clock.advance(2_500)
    expect(asked).toHaveLength(3)
    second.socket.close()
    await until('nobody looks any more', async () => (await openSockets()) === 0)
    await clock.advance(60_000)
    expect(asked).toHaveLength(3)
  })

  it('ends a minute after the final snapshot', async () => {
    const hanako = await bench.signIn('hanako@example.com')
    const { orderId, client } = await follow(hanako)
    await hanako.post(`/api/orders/${orderId}/cancel`)
    await client.has('the end', ({ type, status }) => type === 'SNAPSHOT' && status === 'CANCELLED')
    // A virtual minute is too short for real pongs, so the client is heard of between the heartbeats.
    for (const stepMs of [20_000, 20_000, 19_000]) {
      const before = client.messages.length
      await clock.advance(stepMs)
      client.socket.send('PING')
      await until('an answer after the end', () => client.messages.length > before)
    }
    await clock.advance(1_000)
    expect(await client.closed()).toBe(1000)
  })

  it('pings, and gives up a client that no longer answers', async () => {
    const hanako = await bench.signIn('hanako@example.com')
    const { client } = await follow(hanako)
    let pings = 0
    client.socket.on('ping', () => {
      pings += 1
    })
    await clock.advance(25_000)
    await until('a ping came', () => pings === 1)
    // From here on the client is gone without a word: nothing of it reaches the server any more.
    client.socket.pause()
    await clock.advance(25_000)
    await clock.advance(25_000)
    expect(await until('it is given up', async () => (await openSockets()) === 0)).toBe(true)
    client.socket.terminate()
  })
})
