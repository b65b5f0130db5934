import type { FastifyRequest } from 'fastify'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { ChannelTokens } from '../channel-token.ts'
import type { OrderReader, ReadOrder } from '../orders/order-reader.ts'
import { isEnded } from '../orders/order-view.ts'
import { sessionKey } from '../plugins/session-cookies.ts'
import { CLOSE, type Connections } from './connections.ts'
import { isQuestion, orderMessage, type OrderMessage } from './messages.ts'
import type { WatchedOrders } from './watched-order.ts'

/** How long a socket stays after the final snapshot, for a client that still asks. */
const AFTERLIFE_MS = 60_000

export interface OrderSocketsOptions {
  readonly reader: OrderReader
  readonly watched: WatchedOrders
  readonly tokens: ChannelTokens
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly connections: Connections
  readonly onError: (error: unknown) => void
}

export interface OrderSockets {
  readonly connect: (socket: WebSocket, request: FastifyRequest) => Promise<void>
}

const Query = z.object({ orderId: z.string().max(64), token: z.string().max(1_024) })

export const orderSockets = (options: OrderSocketsOptions): OrderSockets => {
  const { clock, connections, onError } = options

  const connect = async (socket: WebSocket, request: FastifyRequest): Promise<void> => {
    // A question that comes while the order is still being read is answered by the snapshot.
    const early: string[] = []
    let answer = (text: string): void => {
      if (early.length < 8) early.push(text)
    }
    const connection = connections.register(socket, (text) => {
      answer(text)
    })

    const admitted = await admit(options, request)
    if (admitted.kind === 'refused') {
      socket.close(admitted.closeCode, admitted.reason)
      return
    }
    if (socket.readyState !== WebSocket.OPEN) return

    /** Ends the socket of a session that is over, and of one of which that cannot be told. */
    const isSignedIn = async (): Promise<boolean> => {
      try {
        if ((await options.sessions.get(admitted.sessionKey)) !== undefined) return true
        socket.close(CLOSE.refused, 'the session of the token has ended')
      } catch (error) {
        onError(error)
        socket.close(CLOSE.tryAgainLater, 'try again later')
      }
      return false
    }
    /** One after the other, so that nothing is told to a session that has ended meanwhile. */
    let telling = Promise.resolve()
    const whileSignedIn = (tell: () => void): void => {
      telling = telling.then(async () => {
        if (socket.readyState === WebSocket.OPEN && (await isSignedIn())) tell()
      })
    }

    let newest = admitted.state
    const send = (type: OrderMessage['type']): void => {
      connection.send(orderMessage(type, newest, clock.nowMs()))
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
      whileSignedIn(() => {
        send('PONG')
        send('SNAPSHOT')
      })
    }
    send('SNAPSHOT')
    lingerIfEnded()
    connection.onEnd(
      options.watched.follow(OrderId.parse(newest.order.orderId), newest, (state) => {
        whileSignedIn(() => {
          if (state.position <= newest.position) return
          const hadEnded = isEnded(newest.order)
          newest = state
          send('UPDATE')
          if (hadEnded || !isEnded(state.order)) return
          send('SNAPSHOT')
          lingerIfEnded()
        })
      }),
    )
    for (const text of early) answer(text)
  }

  return {
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

type Admission =
  | { readonly kind: 'admitted'; readonly state: ReadOrder; readonly sessionKey: string }
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
  return { kind: 'admitted', state, sessionKey: grant.sessionKey }
}
