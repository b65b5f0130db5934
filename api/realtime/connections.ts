import { WebSocket } from 'ws'
import type { Clock } from '#platform/clock/clock.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'

/** Close codes: RFC 6455 §7.4.1, and our own above 4000. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  refused: 1008,
  tryAgainLater: 1013,
  unknownOrder: 4404,
} as const

export const LARGEST_MESSAGE_BYTES = 1_024
const MOST_SOCKETS = 10_000
const HEARTBEAT_MS = 25_000
/** A client that has not taken this much is gone or too slow: it asks again when it is back. */
const MOST_BUFFERED_BYTES = 256 * 1_024
/** More messages than this between two heartbeats is not a browser. */
const MOST_QUESTIONS = 100

export interface Connection {
  /** Sends an object as JSON; to a client that takes nothing it ends instead. Harmless once the socket is closed. */
  readonly send: (message: object) => void
  /** Called once, when the connection is over however it ended. */
  readonly onEnd: (work: () => void) => void
}

/** The open sockets of this process, whatever they are about: counted, bounded, and pinged. */
export interface Connections {
  readonly isFull: () => boolean
  /** Takes a socket in; `heard` gets its texts. What no browser sends closes it. */
  readonly register: (socket: WebSocket, heard: (text: string) => void) => Connection
  /** Ends the heartbeat and every connection. */
  readonly close: () => void
}

export interface ConnectionsOptions {
  readonly clock: Clock
  readonly metrics: Metrics
  /** 10,000 unless told. */
  readonly largest?: number
}

interface Entry {
  readonly socket: WebSocket
  isAlive: boolean
  questions: number
  /** Harmless to repeat. */
  readonly end: () => void
}

export const openConnections = ({
  clock,
  metrics,
  largest = MOST_SOCKETS,
}: ConnectionsOptions): Connections => {
  const entries = new Set<Entry>()
  let cancelHeartbeat = (): void => {}

  const heartbeat = (): void => {
    for (const entry of entries) {
      if (!entry.isAlive) entry.socket.terminate()
      entry.isAlive = false
      entry.questions = 0
      if (entry.socket.readyState === WebSocket.OPEN) entry.socket.ping()
    }
    cancelHeartbeat = clock.timer(HEARTBEAT_MS, heartbeat)
  }
  cancelHeartbeat = clock.timer(HEARTBEAT_MS, heartbeat)

  return {
    isFull: () => entries.size >= largest,
    register: (socket, heard) => {
      const ends: (() => void)[] = []
      const entry: Entry = {
        socket,
        isAlive: true,
        questions: 0,
        end: () => {
          if (!entries.delete(entry)) return
          metrics.sockets.set(entries.size)
          for (const work of ends) work()
        },
      }
      entries.add(entry)
      metrics.sockets.set(entries.size)
      socket.on('close', entry.end)
      socket.on('pong', () => {
        entry.isAlive = true
      })
      socket.on('message', (data, isBinary) => {
        entry.isAlive = true
        entry.questions += 1
        if (isBinary || entry.questions > MOST_QUESTIONS) socket.close(CLOSE.refused, 'unexpected messages')
        else heard(textOf(data))
      })
      return {
        send: (message) => {
          if (socket.readyState !== WebSocket.OPEN) return
          if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate()
          else socket.send(JSON.stringify(message))
        },
        onEnd: (work) => {
          if (entries.has(entry)) ends.push(work)
          else work()
        },
      }
    },
    close: () => {
      cancelHeartbeat()
      for (const { socket, end } of entries) {
        end()
        socket.close(CLOSE.goingAway, 'restarting')
      }
    },
  }
}

const textOf = (data: WebSocket.RawData): string => {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}
