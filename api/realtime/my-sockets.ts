import type { FastifyRequest } from 'fastify'
import { WebSocket } from 'ws'
import type { Clock } from '#platform/clock/clock.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import { WIDE_LOOK_MS, type AccountStanding } from '../plugins/account-standing.ts'
import { customerOf, sessionKey } from '../plugins/session-cookies.ts'
import { CLOSE, type Connections } from './connections.ts'
import type { CustomerNews } from './customer-news.ts'
import { isPing } from './messages.ts'
import type { ChannelWord, News, Told } from './news.ts'

/** How soon a socket ends after its session has, at the latest. */
const SESSION_CHECK_MS = 20_000
/** A browser with more tabs than this can do without live news in some of them. */
const MOST_PER_CUSTOMER = 20
/** How many news one socket remembers having told; far more than happen at once. */
const MOST_REMEMBERED = 500

export interface MySocketsOptions {
  readonly news: CustomerNews
  readonly sessions: SessionStore
  readonly standing: AccountStanding
  readonly clock: Clock
  readonly connections: Connections
  readonly onError: (error: unknown) => void
}

export interface MySockets {
  /** Whether this customer has as many sockets in this process as one may have. */
  readonly isFullFor: (customerId: string) => boolean
  /** Of a request that was let in: somebody is signed in. */
  readonly connect: (socket: WebSocket, request: FastifyRequest) => Promise<void>
}

/** `WS /ws/me`: what happens to the orders of whoever is signed in, for as long as they are. */
export const mySockets = ({
  news,
  sessions,
  standing,
  clock,
  connections,
  onError,
}: MySocketsOptions): MySockets => {
  const open = new Map<string, number>()

  const connect = async (socket: WebSocket, request: FastifyRequest): Promise<void> => {
    const customer = customerOf(request)
    const { customerId } = customer
    const key = sessionKey(request.session.sessionId)
    const connection = connections.register(socket, (text) => {
      if (isPing(text)) say('PONG')
    })
    const say = (type: ChannelWord['type']): void => {
      connection.send({ type, serverTimeMs: clock.nowMs() } satisfies ChannelWord)
    }
    open.set(customerId, (open.get(customerId) ?? 0) + 1)
    connection.onEnd(() => {
      const left = (open.get(customerId) ?? 1) - 1
      if (left > 0) open.set(customerId, left)
      else open.delete(customerId)
    })

    /** Ends the socket of a session that is over, and of one of which that cannot be told. */
    const isSignedIn = async (): Promise<boolean> => {
      try {
        if ((await standing.of(customer, WIDE_LOOK_MS)) === 'ended') await sessions.destroy(key)
        if ((await sessions.get(key)) !== undefined) return true
        socket.close(CLOSE.refused, 'the session has ended')
      } catch (error) {
        onError(error)
        socket.close(CLOSE.tryAgainLater, 'try again later')
      }
      return false
    }

    const told = new Set<string>()
    const tell = ({ atMs: _atMs, ...about }: Told, isLate: boolean): void => {
      if (told.has(about.id)) return
      if (told.size >= MOST_REMEMBERED) told.clear()
      told.add(about.id)
      connection.send({ ...about, isLate } satisfies News)
    }
    /** One after the other, so that nothing is told to a session that has ended meanwhile. */
    let telling = Promise.resolve()
    connection.onEnd(
      news.watch(customerId, (about) => {
        telling = telling.then(async () => {
          if (socket.readyState === WebSocket.OPEN && (await isSignedIn())) tell(about, false)
        })
      }),
    )

    let cancelCheck = (): void => {}
    const checkLater = (): void => {
      cancelCheck = clock.timer(SESSION_CHECK_MS, () => {
        void isSignedIn().then((signedIn) => {
          if (signedIn && socket.readyState === WebSocket.OPEN) checkLater()
        })
      })
    }
    checkLater()
    connection.onEnd(() => {
      cancelCheck()
    })

    say('READY')
    for (const about of await news.recent(customerId)) tell(about, true)
  }

  return {
    isFullFor: (customerId) => (open.get(customerId) ?? 0) >= MOST_PER_CUSTOMER,
    connect: async (socket, request) => {
      try {
        await connect(socket, request)
      } catch (error) {
        onError(error)
        socket.close(CLOSE.tryAgainLater, 'try again later')
      }
    },
  }
}
