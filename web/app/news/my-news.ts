import type { Money } from '../composables/useMoney'
import {
  backoffMs,
  CONNECT_PATIENCE_MS,
  HEARTBEAT_MS,
  namedTimers,
  SILENCE_MS,
  type Timer,
} from '../payment/patience.ts'

const TYPES = ['ORDER_PAID', 'PAYMENT_FAILED', 'REFUND_DONE'] as const

/** What the shop tells of one of the reader's orders. */
export interface MyNews {
  readonly type: (typeof TYPES)[number]
  /** The same wherever and whenever it is told. */
  readonly id: string
  readonly orderId: string
  readonly amount: Money
  /** Why, where it failed. */
  readonly reason?: string
  readonly isWhole: boolean
  /** It happened before this tab listened, so another may have shown it. */
  readonly isLate: boolean
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The news in a message, or undefined for what is none: a broken message is less than none. */
export const readMyNews = (text: string): MyNews | undefined => {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(told) || !isRecord(told.amount)) return undefined
  const { id, orderId, reason, isWhole, isLate } = told
  const { amountMinor, currency } = told.amount
  const type = TYPES.find((known) => known === told.type)
  if (type === undefined || typeof id !== 'string' || typeof orderId !== 'string') return undefined
  if (typeof amountMinor !== 'number' || typeof currency !== 'string') return undefined
  return {
    type,
    id,
    orderId,
    amount: { amountMinor, currency },
    ...(typeof reason === 'string' ? { reason } : {}),
    isWhole: isWhole === true,
    isLate: isLate === true,
  }
}

export interface NewsSocket {
  readonly send: (text: string) => void
  readonly close: () => void
}

export interface MyNewsPorts {
  readonly openSocket: (events: {
    readonly said: (text: string) => void
    readonly closed: (code: number) => void
  }) => NewsSocket
  readonly timer: Timer
  /** From 0 up to 1. */
  readonly random: () => number
  readonly onNews: (news: MyNews) => void
  /** The session may be over; asked before every new try, and no try is made where nobody is signed in. */
  readonly isSignedIn: () => Promise<boolean>
}

export interface FollowedNews {
  /** Begins, or goes on after `stop`. Harmless while it is under way. */
  readonly start: () => void
  readonly stop: () => void
}

/** Listens for as long as it may: a connection that is lost or says nothing is opened anew, later and later. */
export const followNews = ({ openSocket, timer, random, onNews, isSignedIn }: MyNewsPorts): FollowedNews => {
  const timers = namedTimers<'retry' | 'ping' | 'silence'>(timer)
  let isRunning = false
  let attempt = 0
  let socket: NewsSocket | undefined

  const drop = (): void => {
    timers.clearAll()
    const dropped = socket
    socket = undefined
    dropped?.close()
  }
  const expectWord = (withinMs: number): void => {
    timers.set('silence', withinMs, () => {
      drop()
      tryLater()
    })
  }
  const pingLater = (): void => {
    timers.set('ping', HEARTBEAT_MS, () => {
      socket?.send('PING')
      expectWord(SILENCE_MS)
    })
  }
  const tryLater = (): void => {
    timers.set('retry', backoffMs(attempt, random), () => {
      attempt += 1
      void isSignedIn().then((signedIn) => {
        if (signedIn) open()
        else isRunning = false
      })
    })
  }
  const open = (): void => {
    if (!isRunning || socket !== undefined) return
    const opened = openSocket({
      said: (text) => {
        if (opened !== socket) return
        attempt = 0
        timers.clear('silence')
        pingLater()
        const news = readMyNews(text)
        if (news !== undefined) onNews(news)
      },
      closed: () => {
        if (opened !== socket) return
        drop()
        if (isRunning) tryLater()
      },
    })
    socket = opened
    expectWord(CONNECT_PATIENCE_MS)
  }

  return {
    start: () => {
      isRunning = true
      if (!timers.isSet('retry')) open()
    },
    stop: () => {
      isRunning = false
      attempt = 0
      drop()
    },
  }
}
