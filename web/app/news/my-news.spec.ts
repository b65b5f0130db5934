import { describe, expect, it } from 'vitest'
import { followNews, readMyNews, type MyNews } from './my-news.ts'

const PAID = {
  type: 'ORDER_PAID',
  id: 'paid-1',
  orderId: '1',
  amount: { amountMinor: 500, currency: 'JPY' },
  at: '2026-11-20T00:00:00.000Z',
  isLate: false,
}

describe('a message of my channel', () => {
  it('is read with what the page needs of it', () => {
    expect(readMyNews(JSON.stringify(PAID))).toEqual({
      type: 'ORDER_PAID',
      id: 'paid-1',
      orderId: '1',
      amount: { amountMinor: 500, currency: 'JPY' },
      isWhole: false,
      isLate: false,
    })
    const failed = { ...PAID, type: 'PAYMENT_FAILED', reason: 'PAYMENT_EXPIRED', isLate: true }
    expect(readMyNews(JSON.stringify(failed))).toMatchObject({ reason: 'PAYMENT_EXPIRED', isLate: true })
  })

  it.each(['', 'null', '{', '{"type":"READY","serverTimeMs":1}', JSON.stringify({ ...PAID, type: 'OTHER' })])(
    'is none where it says %s',
    (text) => {
      expect(readMyNews(text)).toBeUndefined()
    },
  )
})

/** A tab whose time, network and chance are in the hand of the test. */
const tab = (signedIn: () => boolean = () => true) => {
  let nowMs = 0
  let timers: { dueMs: number; work: () => void }[] = []
  const sockets: {
    said: (text: string) => void
    closed: (code: number) => void
    sent: string[]
    isClosed: boolean
    openedAtMs: number
  }[] = []
  const heard: MyNews[] = []
  const followed = followNews({
    openSocket: (events) => {
      const socket = { ...events, sent: [] as string[], isClosed: false, openedAtMs: nowMs }
      sockets.push(socket)
      return {
        send: (text) => void socket.sent.push(text),
        close: () => {
          socket.isClosed = true
        },
      }
    },
    timer: (delayMs, work) => {
      const mine = { dueMs: nowMs + delayMs, work }
      timers.push(mine)
      return () => {
        timers = timers.filter((one) => one !== mine)
      }
    },
    random: () => 0.5,
    onNews: (news) => void heard.push(news),
    isSignedIn: () => Promise.resolve(signedIn()),
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  const pass = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms
    for (let step = 0; step < 1_000; step += 1) {
      const next = timers.toSorted((a, b) => a.dueMs - b.dueMs)[0]
      if (next === undefined || next.dueMs > endMs) break
      timers = timers.filter((one) => one !== next)
      nowMs = next.dueMs
      next.work()
      await settle()
    }
    nowMs = endMs
  }
  const newest = () => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('No socket was opened')
    return socket
  }
  return { followed, sockets, heard, pass, newest, waiting: () => timers.length }
}

describe('following my news', () => {
  it('opens one socket, and passes on what it says', () => {
    const { followed, sockets, heard, newest } = tab()
    followed.start()
    followed.start()
    newest().said('{"type":"READY","serverTimeMs":1}')
    newest().said(JSON.stringify(PAID))
    expect(sockets).toHaveLength(1)
    expect(heard).toMatchObject([{ id: 'paid-1' }])
  })

  it('comes back later and later when it is closed, and at once no more once it has been heard', async () => {
    const { followed, sockets, pass, newest } = tab()
    followed.start()
    for (let n = 0; n < 8; n += 1) {
      newest().closed(1006)
      for (let step = 0; step < 80 && sockets.length < n + 2; step += 1) await pass(250)
    }
    const gaps = sockets.slice(1).map(({ openedAtMs }, n) => openedAtMs - (sockets[n]?.openedAtMs ?? 0))
    expect(sockets).toHaveLength(9)
    expect(gaps[0]).toBeLessThan(gaps.at(-1) ?? 0)
    newest().said('{"type":"READY","serverTimeMs":1}')
    newest().closed(1001)
    await pass(1_000)
    expect(sockets).toHaveLength(10)
  })

  it('asks who says nothing for long whether it is there, and opens another socket where it is not', async () => {
    const { followed, sockets, pass, newest } = tab()
    followed.start()
    newest().said('{"type":"READY","serverTimeMs":1}')
    await pass(20_000)
    expect(newest().sent).toEqual(['PING'])
    newest().said('{"type":"PONG","serverTimeMs":1}')
    await pass(27_999)
    expect(sockets).toHaveLength(1)
    await pass(1_001)
    expect([sockets[0]?.isClosed, sockets.length]).toEqual([true, 2])
  })

  it('gives a socket up that never opens', async () => {
    const { followed, sockets, pass } = tab()
    followed.start()
    await pass(11_000)
    expect([sockets[0]?.isClosed, sockets.length]).toEqual([true, 2])
  })

  it('asks before it comes back whether anybody is signed in, and rests until it is started again if not', async () => {
    let isSignedIn = false
    const { followed, sockets, pass, newest, waiting } = tab(() => isSignedIn)
    followed.start()
    newest().closed(1008)
    await pass(120_000)
    expect([sockets.length, waiting()]).toEqual([1, 0])
    isSignedIn = true
    followed.start()
    expect(sockets).toHaveLength(2)
  })

  it('hears nothing any more and waits for nothing once it is stopped', async () => {
    const { followed, heard, pass, newest, sockets, waiting } = tab()
    followed.start()
    const socket = newest()
    followed.stop()
    socket.said(JSON.stringify(PAID))
    socket.closed(1000)
    await pass(120_000)
    expect([heard, sockets.length, waiting(), socket.isClosed]).toEqual([[], 1, 0, true])
  })
})
