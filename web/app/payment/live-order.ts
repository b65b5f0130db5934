import type { Order } from '../api/types'
import { hasEnded, readNews, withNews } from './order-news.ts'
import {
  backoffMs,
  CONNECT_PATIENCE_MS,
  HEARTBEAT_MS,
  MOST_POLLS_AFTER_END,
  namedTimers,
  pollMs,
  SILENCE_AFTER_SLEEP_MS,
  SILENCE_MS,
  type Timer,
} from './patience.ts'

/** What asking for the order brings; `unavailable` says nothing about the order. */
export type OrderAnswer =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'missing' | 'signed-out' | 'unavailable' }

export interface SocketEvents {
  readonly said: (text: string) => void
  readonly closed: (code: number) => void
}
export interface OrderSocket {
  readonly send: (text: string) => void
  readonly close: () => void
}

/** The world around a followed order. */
export interface LiveOrderPorts {
  /** Asks for the whole order; ends in bounded time. */
  readonly fetchOrder: () => Promise<OrderAnswer>
  readonly openSocket: (channelToken: string, events: SocketEvents) => OrderSocket
  readonly timer: Timer
  /** From 0 up to 1. */
  readonly random: () => number
}

export interface LiveState {
  readonly order: Order
  /** `connecting` only before the first word; `reconnecting` means that the order is asked for every few seconds. */
  readonly connection: 'connecting' | 'live' | 'reconnecting' | 'offline'
  /** Why following stopped before the order's end. */
  readonly lost?: 'missing' | 'signed-out'
}

export interface LiveOrderOptions {
  readonly snapshot: Order
  readonly ports: LiveOrderPorts
  /** When nothing more is to come: once it has ended, unless told. */
  readonly isSettled?: (order: Order) => boolean
  readonly onChange: (state: LiveState) => void
  /** Called with each time the server tells. */
  readonly onServerTime?: (serverTimeMs: number) => void
}

export interface LiveOrder {
  readonly start: () => void
  readonly stop: () => void
  readonly setOnline: (isOnline: boolean) => void
  /** The page is looked at again, perhaps after a sleep: what was connected may not be. */
  readonly wake: () => void
  /** Asks for the order now; with the answer of another call in hand, `take` that instead. */
  readonly ask: () => Promise<void>
  readonly take: (order: Order) => void
}

/** Close codes of `WS /ws/orders`. */
const CLOSE = { refused: 1008, unknownOrder: 4404, abnormal: 1006 } as const

/**
 * Follows one order until it has settled: by its socket, and while that is down by asking. What is shown never goes
 * back: news from before the position already shown is passed over, whichever way it came.
 */
export const liveOrder = ({
  snapshot,
  ports,
  isSettled = hasEnded,
  onChange,
  onServerTime,
}: LiveOrderOptions): LiveOrder => {
  let state: LiveState = { order: snapshot, connection: 'connecting' }
  /** A socket's message lacks lines, refunds and some times; the end is the end once it was asked for in whole. */
  let isWhole = true
  let isRunning = false
  let isOnline = true
  let token = snapshot.channelToken
  let line: { socket?: OrderSocket } | undefined
  let failures = 0
  let refusals = 0
  let polls = 0
  let pollsAfterEnd = 0
  let asking: Promise<void> | undefined
  let askAgain = false
  const timers = namedTimers<'connect' | 'reconnect' | 'beat' | 'silence' | 'poll'>(ports.timer)

  const show = (change: Partial<LiveState>): void => {
    state = { ...state, ...change }
    onChange(state)
  }

  const hangUp = (): void => {
    const socket = line?.socket
    // Forgotten first: what it says from now on is not heard.
    line = undefined
    timers.clear('connect')
    timers.clear('beat')
    timers.clear('silence')
    socket?.close()
  }

  const stop = (): void => {
    isRunning = false
    timers.clearAll()
    hangUp()
  }

  const lose = (lost: 'missing' | 'signed-out'): void => {
    stop()
    show({ lost })
  }

  const take = (order: Order): void => {
    if (order.position < state.order.position) return
    token = order.channelToken
    isWhole = true
    onServerTime?.(order.serverTimeMs)
    show({ order })
    if (isSettled(order)) stop()
    else if (hasEnded(order) && isRunning) pollLater()
  }

  const askOnce = async (): Promise<void> => {
    const answer = await ports.fetchOrder().catch((): OrderAnswer => ({ kind: 'unavailable' }))
    if (answer.kind === 'order') take(answer.order)
    else if (answer.kind !== 'unavailable' && isRunning) lose(answer.kind)
  }

  /** One question at a time; what comes up meanwhile is one more afterwards, as the answer may be from before it. */
  const ask = (): Promise<void> => {
    if (asking !== undefined) {
      askAgain = true
      return asking
    }
    const asked = askOnce().finally(() => {
      asking = undefined
      const isOwed = askAgain && isRunning
      askAgain = false
      if (isOwed) void ask()
    })
    asking = asked
    return asked
  }

  const isLive = (): boolean => state.connection === 'live'

  const pollLater = (): void => {
    const isOver = hasEnded(state.order) && isWhole
    if (!isRunning || !isOnline || timers.isSet('poll') || (isLive() && !hasEnded(state.order))) return
    if (isOver && pollsAfterEnd >= MOST_POLLS_AFTER_END) {
      stop()
      return
    }
    timers.set('poll', pollMs(polls), () => {
      polls += 1
      if (isOver) pollsAfterEnd += 1
      void ask().finally(pollLater)
    })
  }

  const down = (code: number): void => {
    hangUp()
    if (!isRunning) return
    if (code === CLOSE.unknownOrder) {
      lose('missing')
      return
    }
    show({ connection: isOnline ? 'reconnecting' : 'offline' })
    pollLater()
    if (code === CLOSE.refused && refusals === 0) {
      // The token has run out: a fresh one comes with the order.
      refusals += 1
      void ask().finally(connect)
      return
    }
    const delayMs = backoffMs(failures, ports.random)
    failures += 1
    // A token that was refused once already is asked for again, at the pace of the backoff.
    timers.set('reconnect', delayMs, () => {
      if (code === CLOSE.refused) void ask().finally(connect)
      else connect()
    })
  }

  const expectWord = (withinMs: number): void => {
    if (line?.socket === undefined) return
    try {
      line.socket.send('PING')
    } catch {
      down(CLOSE.abnormal)
      return
    }
    timers.set('silence', withinMs, () => {
      down(CLOSE.abnormal)
    })
  }

  const said = (text: string): void => {
    timers.clear('connect')
    timers.clear('silence')
    timers.clear('poll')
    failures = 0
    refusals = 0
    polls = 0
    timers.set('beat', HEARTBEAT_MS, () => {
      expectWord(SILENCE_MS)
    })
    if (!isLive()) show({ connection: 'live' })
    const news = readNews(text, state.order.orderId)
    if (news === undefined) return
    onServerTime?.(news.serverTimeMs)
    if (news.sequence < state.order.position) return
    const isNew = news.sequence > state.order.position
    if (isNew) show({ order: withNews(state.order, news) })
    if (!hasEnded(state.order)) return
    if (isNew) isWhole = false
    void ask().finally(pollLater)
  }

  const connect = (): void => {
    if (!isRunning || !isOnline || line !== undefined || hasEnded(state.order)) return
    timers.clear('reconnect')
    const mine: { socket?: OrderSocket } = {}
    line = mine
    timers.set('connect', CONNECT_PATIENCE_MS, () => {
      down(CLOSE.abnormal)
    })
    try {
      mine.socket = ports.openSocket(token, {
        said: (text) => {
          if (line === mine) said(text)
        },
        closed: (code) => {
          if (line === mine) down(code)
        },
      })
    } catch {
      down(CLOSE.abnormal)
    }
  }

  const freshStart = (): void => {
    failures = 0
    polls = 0
    timers.clear('poll')
    void ask().finally(pollLater)
  }

  return {
    ask,
    take,
    stop,
    start: () => {
      if (isRunning || isSettled(state.order)) return
      isRunning = true
      connect()
      if (hasEnded(state.order)) pollLater()
    },
    setOnline: (online) => {
      if (online === isOnline) return
      isOnline = online
      if (!isRunning) return
      if (online) {
        show({ connection: 'reconnecting' })
        freshStart()
        connect()
        return
      }
      hangUp()
      timers.clearAll()
      show({ connection: 'offline' })
    },
    wake: () => {
      if (!isRunning || !isOnline) return
      freshStart()
      if (line === undefined) connect()
      else expectWord(SILENCE_AFTER_SLEEP_MS)
    },
  }
}
