import type { FastifyRequest } from 'fastify'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { ChannelTokens } from '../channel-token.ts'
import type { OrderReader, ReadOrder } from '../orders/order-reader.ts'
import { isEnded } from '../orders/order-view.ts'
import { sessionKey } from '../plugins/session-cookies.ts'
import { isQuestion, orderMessage, type OrderMessage } from './messages.ts'
import type { WatchedOrders } from './watched-order.ts'

/** Close codes: RFC 6455 §7.4.1, and our own above 4000. */
const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  refused: 1008,
  tryAgainLater: 1013,
  unknownOrder: 4404,
} as const

export const LARGEST_MESSAGE_BYTES = 1_024
const MOST_SOCKETS = 10_000
const HEARTBEAT_MS = 25_000
/** How long a socket stays after the final snapshot, for a client that still asks. */
const AFTERLIFE_MS = 60_000
/** A client that has not taken this much is gone or too slow: it asks by GET when it is back. */
const MOST_BUFFERED_BYTES = 256 * 1_024
/** More questions than this between two heartbeats is not a browser. */
const MOST_QUESTIONS = 100

export interface OrderSocketsOptions {
  readonly reader: OrderReader
  readonly watched: WatchedOrders
  readonly tokens: ChannelTokens
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly metrics: Metrics
  readonly onError: (error: unknown) => void
  /** 10,000 unless told. */
  readonly largest?: number
}

export interface OrderSockets {
  readonly isFull: () => boolean
  readonly connect: (socket: WebSocket, request: FastifyRequest) => Promise<void>
  /** Ends the heartbeat and every connection. */
  readonly close: () => void
}

const Query = z.object({ orderId: z.string().max(64), token: z.string().max(1_024) })

interface Connection {
  readonly socket: WebSocket
  isAlive: boolean
  questions: number
  /** Ends following, timers and bookkeeping; harmless to repeat. */
  readonly end: () => void
}

export const orderSockets = (options: OrderSocketsOptions): OrderSockets => {
  const { clock, metrics, onError, largest = MOST_SOCKETS } = options
  const connections = new Set<Connection>()
  let cancelHeartbeat = (): void => {}

  const heartbeat = (): void => {
    for (const connection of connections) {
      if (!connection.isAlive) connection.socket.terminate()
      connection.isAlive = false
      connection.questions = 0
      if (connection.socket.readyState === WebSocket.OPEN) connection.socket.ping()
    }
    cancelHeartbeat = clock.timer(HEARTBEAT_MS, heartbeat)
  }
  cancelHeartbeat = clock.timer(HEARTBEAT_MS, heartbeat)

  const register = (socket: WebSocket): Connection & { readonly onEnd: (work: () => void) => void } => {
    const ends: (() => void)[] = []
    const connection = {
      socket,
      isAlive: true,
      questions: 0,
      onEnd: (work: () => void) => {
        ends.push(work)
      },
      end: () => {
        if (!connections.delete(connection)) return
        metrics.sockets.set(connections.size)
        for (const work of ends) work()
      },
    }
    connections.add(connection)
    metrics.sockets.set(connections.size)
    socket.on('close', connection.end)
    socket.on('pong', () => {
      connection.isAlive = true
    })
    return connection
  }

  const connect = async (socket: WebSocket, request: FastifyRequest): Promise<void> => {
    const connection = register(socket)
    // A question that comes while the order is still being read is answered by the snapshot.
    const early: string[] = []
    let answer = (text: string): void => {
      if (early.length < 8) early.push(text)
    }
    socket.on('message', (data, isBinary) => {
      connection.isAlive = true
      connection.questions += 1
      if (isBinary || connection.questions > MOST_QUESTIONS)
        socket.close(CLOSE.refused, 'unexpected messages')
      else answer(textOf(data))
    })

    const admitted = await admit(options, request)
    if (admitted.kind === 'refused') {
      socket.close(admitted.closeCode, admitted.reason)
      return
    }
    if (socket.readyState !== WebSocket.OPEN) return

    let newest = admitted.state
    const send = (type: OrderMessage['type']): void => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate()
      else socket.send(JSON.stringify(orderMessage(type, newest, clock.nowMs())))
    }
    const lingerIfEnded = (): void => {
      if (!isEnded(newest.order)) return
      const cancel = clock.timer(AFTERLIFE_MS, () => {
        socket.close(CLOSE.normal, 'the order has ended')
      })
      connection.onEnd(cancel)
    }

    answer = (text) => {
      if (!isQuestion(text)) return
      send('PONG')
      send('SNAPSHOT')
    }
    send('SNAPSHOT')
    lingerIfEnded()
    connection.onEnd(
      options.watched.follow(OrderId.parse(newest.order.orderId), newest, (state) => {
        if (state.position <= newest.position) return
        const hadEnded = isEnded(newest.order)
        newest = state
        send('UPDATE')
        if (hadEnded || !isEnded(state.order)) return
        send('SNAPSHOT')
        lingerIfEnded()
      }),
    )
    for (const text of early) answer(text)
  }

  return {
    isFull: () => connections.size >= largest,
    connect: async (socket, request) => {
      try {
        await connect(socket, request)
      } catch (error) {
        onError(error)
        socket.close(CLOSE.tryAgainLater, 'try again later')
      }
    },
    close: () => {
      cancelHeartbeat()
      for (const { socket, end } of connections) {
        end()
        socket.close(CLOSE.goingAway, 'restarting')
      }
    },
  }
}

type Admission =
  | { readonly kind: 'admitted'; readonly state: ReadOrder }
  | { readonly kind: 'refused'; readonly closeCode: number; readonly reason: string }

const refused = (closeCode: number, reason: string): Admission => ({ kind: 'refused', closeCode, reason })

/** The token must be ours, for this order, and of a session that still lives and is the browser's own, if it has one. */
const admit = async (
  { reader, tokens, sessions }: OrderSocketsOptions,
  request: FastifyRequest,
): Promise<Admission> => {
  const query = Query.safeParse(request.query)
  if (!query.success) return refused(CLOSE.refused, 'orderId and token are needed')
  const grant = await tokens.verify(query.data.token)
  if (grant === 'invalid') return refused(CLOSE.refused, 'the token is not valid')
  if ((await sessions.get(grant.sessionKey)) === undefined)
    return refused(CLOSE.refused, 'the session of the token has ended')
  const { customer, sessionId } = request.session
  if (customer !== undefined && sessionKey(sessionId) !== grant.sessionKey)
    return refused(CLOSE.refused, 'the token is of another session')
  const orderId = OrderId.safeParse(query.data.orderId)
  const state = orderId.success ? await reader.read(orderId.data) : undefined
  if (state === undefined) return refused(CLOSE.unknownOrder, 'there is no such order')
  if (grant.orderId !== state.order.orderId) return refused(CLOSE.refused, 'the token is for another order')
  return { kind: 'admitted', state }
}

const textOf = (data: WebSocket.RawData): string => {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}
