import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { FastifyReply } from 'fastify'

/** Ways of not answering properly, below HTTP. */
export interface Misbehaviour {
  /** Says nothing until released, or two minutes are over. */
  hang(reply: FastifyReply): void
  reset(reply: FastifyReply): void
  /** Announces the whole body and ends the connection half-way through it. */
  cutBody(reply: FastifyReply, httpStatus: number, headers: Record<string, string>, body: string): void
  /** Ends every hanging connection. */
  release(): number
}

const MAX_HANGING = 1_000
const HANGS_AT_MOST_MS = 120_000

export function createMisbehaviour(): Misbehaviour {
  const hanging = new Set<Socket>()
  const breakOff = (socket: Socket) => {
    // Only a plain TCP connection can be reset; ending a TLS connection without its farewell comes close.
    if (socket instanceof TLSSocket) socket.destroy()
    else socket.resetAndDestroy()
  }
  return {
    hang: (reply) => {
      reply.hijack()
      const { socket } = reply.raw
      if (socket === null) return
      if (hanging.size >= MAX_HANGING) return breakOff(socket)
      hanging.add(socket)
      const timer = setTimeout(() => breakOff(socket), HANGS_AT_MOST_MS)
      socket.once('close', () => {
        clearTimeout(timer)
        hanging.delete(socket)
      })
    },
    reset: (reply) => {
      reply.hijack()
      if (reply.raw.socket !== null) breakOff(reply.raw.socket)
    },
    cutBody: (reply, httpStatus, headers, body) => {
      reply.hijack()
      const bytes = Buffer.from(body)
      reply.raw.writeHead(httpStatus, { ...headers, 'content-length': String(bytes.length) })
      reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => reply.raw.socket?.destroy())
    },
    release: () => {
      const count = hanging.size
      for (const socket of hanging) breakOff(socket)
      return count
    },
  }
}
