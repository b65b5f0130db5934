import type { LiveOrderPorts, LiveState, OrderAnswer, SocketEvents } from './live-order.ts'
import { liveOrder, type LiveOrderOptions } from './live-order.ts'
import { waitingOrder } from './samples.ts'

/** A followed order in a world whose time, network and chance are in the hand of the test. */
export const givenFollowing = (options: Partial<LiveOrderOptions> = {}) => {
  let nowMs = 0
  let timers: { dueMs: number; work: () => void }[] = []
  const sockets: {
    token: string
    events: SocketEvents
    sent: string[]
    isClosed: boolean
    openedAtMs: number
  }[] = []
  const askedAtMs: number[] = []
  let answer: () => OrderAnswer = () => ({ kind: 'unavailable' })
  const states: LiveState[] = []
  const ports: LiveOrderPorts = {
    random: () => 0.5,
    fetchOrder: () => {
      askedAtMs.push(nowMs)
      return Promise.resolve(answer())
    },
    openSocket: (token, events) => {
      const socket = { token, events, sent: [] as string[], isClosed: false, openedAtMs: nowMs }
      sockets.push(socket)
      return {
        send: (text) => {
          socket.sent.push(text)
        },
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
  }
  const snapshot = options.snapshot ?? waitingOrder()
  const order = liveOrder({ ...options, snapshot, ports, onChange: (state) => void states.push(state) })

  /** Lets everything happen that is already decided. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  const pass = async (ms: number): Promise<void> => {
    const endMs = nowMs + ms
    for (let step = 0; step < 10_000; step += 1) {
      await settle()
      const next = timers.toSorted((a, b) => a.dueMs - b.dueMs)[0]
      if (next === undefined || next.dueMs > endMs) break
      timers = timers.filter((one) => one !== next)
      nowMs = next.dueMs
      next.work()
    }
    nowMs = endMs
    await settle()
  }
  return {
    order,
    sockets,
    askedAtMs,
    states,
    pass,
    settle,
    last: () => states.at(-1) ?? { order: snapshot, connection: 'connecting' as const },
    socket: () => {
      const newest = sockets.at(-1)
      if (newest === undefined) throw new Error('no socket was opened')
      return newest
    },
    answering: (next: () => OrderAnswer) => {
      answer = next
    },
    openTimers: () => timers.length,
  }
}
