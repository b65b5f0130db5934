import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtRest } from './order-news.ts'
import { newsOf, NOON_MS, waitingOrder } from './samples.ts'
import { givenFollowing } from './world.ts'

const paid = waitingOrder({
  status: 'PAID',
  result: 'SUCCESS',
  position: 20,
  paidAt: '2026-11-20T03:01:00.000Z',
})
const expired = waitingOrder({
  status: 'FAILED',
  result: 'TIMEOUT',
  failureReason: 'PAYMENT_EXPIRED',
  position: 20,
})

const connected = async () => {
  const world = givenFollowing()
  world.order.start()
  world.socket().events.said(newsOf(waitingOrder(), 'SNAPSHOT'))
  await world.settle()
  return world
}

describe('a followed order', () => {
  it('is live from the first word of its socket on', async () => {
    const { last, sockets } = await connected()
    expect(last().connection).toBe('live')
    expect(sockets.map(({ token }) => token)).toStrictEqual(['token-1'])
  })

  it('never goes back, whatever order news and answers arrive in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ position: fc.integer({ min: 1, max: 40 }), bySocket: fc.boolean() })),
        async (arrivals) => {
          const world = await connected()
          for (const { position, bySocket } of arrivals) {
            const order = waitingOrder({ position })
            if (bySocket) world.socket().events.said(newsOf(order))
            else world.order.take(order)
          }
          const shown = world.states.map(({ order }) => order.position)
          expect(shown).toStrictEqual(shown.toSorted((a, b) => a - b))
          expect(shown.at(-1)).toBe(Math.max(10, ...arrivals.map(({ position }) => position)))
        },
      ),
    )
  })

  it('passes over what is no news of this order', async () => {
    const { socket, last } = await connected()
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"orderId":"order-1"}',
      newsOf({ ...paid, orderId: 'another' }),
    ])
      socket().events.said(text)
    expect(last().order).toMatchObject({ status: 'WAITING_PAYMENT', position: 10 })
  })

  it('shows the end at once, asks for the whole order, and is done', async () => {
    const { socket, last, answering, askedAtMs, settle, openTimers, pass } = await connected()
    answering(() => ({ kind: 'order', order: paid }))
    socket().events.said(newsOf(paid))
    expect(last().order.status).toBe('PAID')
    await settle()
    expect(last().order.paidAt).toBe(paid.paidAt)
    expect(socket().isClosed).toBe(true)
    expect(openTimers()).toBe(0)
    await pass(120_000)
    expect(askedAtMs).toHaveLength(1)
  })

  it('goes on asking for the whole of an ended order until it is answered', async () => {
    const { socket, last, answering, pass } = await connected()
    socket().events.said(newsOf(paid))
    await pass(30_000)
    expect(last().order.paidAt).toBeUndefined()
    answering(() => ({ kind: 'order', order: paid }))
    await pass(10_000)
    expect(last().order.paidAt).toBe(paid.paidAt)
  })

  it('asks every 3 to 10 seconds while the socket is down, and reconnects after 1 to 15', async () => {
    const { socket, sockets, askedAtMs, last, pass, order } = await connected()
    socket().events.closed(1006)
    expect(last().connection).toBe('reconnecting')
    // Every further socket dies at once too.
    for (let second = 0; second < 120; second += 1) {
      await pass(1_000)
      const newest = socket()
      if (!newest.isClosed) newest.events.closed(1006)
    }
    const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.min(...gaps(askedAtMs))).toBeGreaterThanOrEqual(3_000)
    expect(Math.max(...gaps(askedAtMs))).toBeLessThanOrEqual(10_000)
    const reconnects = gaps(sockets.map(({ openedAtMs }) => openedAtMs))
    expect(Math.min(...reconnects)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...reconnects)).toBeLessThanOrEqual(16_000)
    order.stop()
  })

  it('stops asking once the socket speaks again', async () => {
    const { socket, askedAtMs, pass, order } = await connected()
    socket().events.closed(1001)
    await pass(1_000)
    socket().events.said(newsOf(waitingOrder(), 'SNAPSHOT'))
    const before = askedAtMs.length
    // Silence is broken in time by the heartbeat's answers.
    for (let second = 0; second < 40; second += 1) {
      await pass(1_000)
      socket().events.said(newsOf(waitingOrder(), 'PONG'))
    }
    expect(askedAtMs).toHaveLength(before)
    order.stop()
  })

  it('takes a silent socket for dead', async () => {
    const { socket, sockets, last, pass } = await connected()
    await pass(20_000)
    expect(sockets[0]?.sent).toStrictEqual(['PING'])
    await pass(8_000)
    expect(sockets[0]?.isClosed).toBe(true)
    expect(last().connection).toBe('reconnecting')
    await pass(2_000)
    expect(socket()).not.toBe(sockets[0])
  })

  it('gives up on a socket that never opens', async () => {
    const world = givenFollowing()
    world.order.start()
    await world.pass(10_000)
    expect(world.sockets[0]?.isClosed).toBe(true)
    expect(world.last().connection).toBe('reconnecting')
  })

  it('fetches a fresh token when the old one is refused, and connects with it at once', async () => {
    const { socket, sockets, answering, settle } = await connected()
    answering(() => ({ kind: 'order', order: waitingOrder({ channelToken: 'token-2' }) }))
    socket().events.closed(1008)
    await settle()
    expect(sockets.map(({ token }) => token)).toStrictEqual(['token-1', 'token-2'])
  })

  it('does not hammer when the fresh token is refused too', async () => {
    const { socket, sockets, answering, settle, pass } = await connected()
    answering(() => ({ kind: 'order', order: waitingOrder() }))
    socket().events.closed(1008)
    await settle()
    socket().events.closed(1008)
    await settle()
    expect(sockets).toHaveLength(2)
    await pass(1_000)
    expect(sockets).toHaveLength(3)
  })

  it('says when the session is over or the order is not there, and stops', async () => {
    const { socket, answering, last, settle, openTimers } = await connected()
    answering(() => ({ kind: 'signed-out' }))
    socket().events.closed(1008)
    await settle()
    expect(last().lost).toBe('signed-out')
    expect(openTimers()).toBe(0)
    const other = await connected()
    other.socket().events.closed(4404)
    expect(other.last().lost).toBe('missing')
  })

  it('rests while offline and catches up at once when back', async () => {
    const { order, sockets, askedAtMs, last, answering, pass } = await connected()
    order.setOnline(false)
    expect(last().connection).toBe('offline')
    expect(sockets[0]?.isClosed).toBe(true)
    await pass(600_000)
    expect(askedAtMs).toHaveLength(0)
    answering(() => ({ kind: 'order', order: paid }))
    order.setOnline(true)
    await pass(0)
    expect(last().order.status).toBe('PAID')
  })

  it('asks and tests its socket at once after a sleep', async () => {
    const { order, sockets, askedAtMs, pass } = await connected()
    order.wake()
    await pass(3_000)
    expect(askedAtMs[0]).toBe(0)
    expect(sockets[0]?.isClosed).toBe(true)
  })

  it('follows a refund after the end until it is done, for a bounded time', async () => {
    const surplus = { kind: 'LATE', amount: paid.amount } as const
    const refunding = { ...expired, surplus: [{ ...surplus, refund: 'REQUESTED' as const }] }
    const world = givenFollowing({ snapshot: refunding, isSettled: isAtRest })
    world.answering(() => ({ kind: 'order', order: refunding }))
    world.order.start()
    await world.pass(20_000)
    world.answering(() => ({
      kind: 'order',
      order: { ...refunding, position: 30, surplus: [{ ...surplus, refund: 'COMPLETED' }] },
    }))
    await world.pass(10_000)
    expect(world.last().order.surplus[0]?.refund).toBe('COMPLETED')
    expect(world.openTimers()).toBe(0)

    const endless = givenFollowing({ snapshot: refunding, isSettled: isAtRest })
    endless.answering(() => ({ kind: 'order', order: refunding }))
    endless.order.start()
    await endless.pass(3_600_000)
    expect(endless.askedAtMs.length).toBeLessThanOrEqual(60)
    expect(endless.openTimers()).toBe(0)
  })

  it('hands on the time the server tells', () => {
    const told: number[] = []
    const world = givenFollowing({ onServerTime: (ms) => void told.push(ms) })
    world.order.start()
    world.socket().events.said(newsOf(waitingOrder({ serverTimeMs: NOON_MS + 5 })))
    expect(told).toStrictEqual([NOON_MS + 5])
  })
})
