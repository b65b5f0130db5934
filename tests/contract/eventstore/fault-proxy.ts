import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Server } from 'node:net'

/** `to-server` is what the client sends, `to-client` what comes back. */
export type Direction = 'to-server' | 'to-client'

/** What happens to the bytes of one direction, on every connection there is and every one to come. */
export type Rule =
  | { readonly kind: 'pass' }
  /** Each chunk arrives this much later, in order. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The connection stays open and nothing arrives: a black hole. What was held arrives when the rule ends, as in TCP. */
  | { readonly kind: 'hold' }
  /** As hold, once the next question has its answer; what is answered unasked does not count. For `to-server`. */
  | { readonly kind: 'hold-after-answer' }
  /** After so many more bytes of a connection both its sides are reset, even in the middle of a frame. */
  | { readonly kind: 'reset-after'; readonly bytes: number }
  /** After so many more bytes this direction of a connection ends as if its sender had nothing more to say. */
  | { readonly kind: 'end-after'; readonly bytes: number }
  /** What belongs to a call is lost, and the connection with it; handshakes and pings pass. HTTP/2 without TLS only. */
  | { readonly kind: 'lose-answers' }

export interface FaultProxy {
  readonly port: number
  readonly rule: (direction: Direction, rule: Rule) => void
  /** Whether nothing is carried in this direction now. */
  readonly holds: (direction: Direction) => boolean
  /** Resets every connection. */
  readonly cut: () => void
  /** Says "no more bytes" in one direction of every connection and leaves the other open. */
  readonly halfClose: (direction: Direction) => void
  /** Every connection there is now carries nothing any more, for good; new ones are not meant. */
  readonly strand: () => void
  /** While it refuses nobody listens on the port; connections that are open stay so. */
  readonly refuse: (refusing: boolean) => Promise<void>
  /** Passes all again and goes on with what was held. */
  readonly heal: () => Promise<void>
  /** Bytes passed on so far. */
  readonly passed: (direction: Direction) => number
  /** Connections accepted so far. */
  readonly accepted: () => number
  /** Connections open now. */
  readonly open: () => number
  readonly close: () => Promise<void>
}

const LISTEN_TRIES = 40
const LISTEN_AGAIN_MS = 50

interface Link {
  readonly end: (direction: Direction) => void
  readonly reset: () => void
  readonly strand: () => void
  readonly ruleChanged: (direction: Direction) => void
}

/** A TCP proxy on 127.0.0.1 that misbehaves as told; by itself it does nothing by chance. */
export const startFaultProxy = async (targetPort: number): Promise<FaultProxy> => {
  const rules: Record<Direction, Rule> = { 'to-server': { kind: 'pass' }, 'to-client': { kind: 'pass' } }
  const passed: Record<Direction, number> = { 'to-server': 0, 'to-client': 0 }
  const links = new Set<Link>()
  let accepted = 0

  const join = (client: Socket): void => {
    accepted += 1
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    const reset = (): void => {
      links.delete(link)
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    let hasAsked = false
    const ways: Record<Direction, Way> = {
      'to-server': way(
        client,
        server,
        () => rules['to-server'],
        reset,
        (bytes) => {
          passed['to-server'] += bytes
          hasAsked = true
        },
      ),
      'to-client': way(
        server,
        client,
        () => rules['to-client'],
        reset,
        (bytes) => {
          passed['to-client'] += bytes
          if (hasAsked && rules['to-server'].kind === 'hold-after-answer') rule('to-server', { kind: 'hold' })
        },
      ),
    }
    const link: Link = {
      end: (direction) => ways[direction].end(),
      reset,
      strand: () => {
        ways['to-server'].strand()
        ways['to-client'].strand()
      },
      ruleChanged: (direction) => {
        hasAsked = false
        ways[direction].ruleChanged()
      },
    }
    links.add(link)
    for (const socket of [client, server])
      socket
        .on('error', () => {})
        .on('close', () => {
          links.delete(link)
          client.destroy()
          server.destroy()
        })
  }

  let listener: Server = await listening(0, join)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address with a port
  const { port } = listener.address() as AddressInfo

  const rule = (direction: Direction, next: Rule): void => {
    rules[direction] = next
    for (const link of links) link.ruleChanged(direction)
  }
  const cut = (): void => {
    for (const link of links) link.reset()
  }
  const refuse = async (refusing: boolean): Promise<void> => {
    if (!refusing && !listener.listening) listener = await listening(port, join)
    // Its end would wait for the connections, which stay.
    if (refusing && listener.listening) listener.close()
  }
  return {
    port,
    rule,
    holds: (direction) => rules[direction].kind === 'hold',
    cut,
    halfClose: (direction) => {
      for (const link of links) link.end(direction)
    },
    strand: () => {
      for (const link of links) link.strand()
    },
    refuse,
    heal: async () => {
      rule('to-server', { kind: 'pass' })
      rule('to-client', { kind: 'pass' })
      await refuse(false)
    },
    passed: (direction) => passed[direction],
    accepted: () => accepted,
    open: () => links.size,
    close: async () => {
      cut()
      if (!listener.listening) return
      await new Promise((resolve) => {
        listener.close(resolve)
      })
    },
  }
}

interface Way {
  readonly end: () => void
  readonly strand: () => void
  readonly ruleChanged: () => void
}

/** One direction of one connection. */
const way = (
  from: Socket,
  to: Socket,
  rule: () => Rule,
  reset: () => void,
  count: (bytes: number) => void,
): Way => {
  let sinceRule = 0
  let inFlight = Promise.resolve()
  let ended = false
  let stranded = false
  const holds = (): boolean => stranded || rule().kind === 'hold'

  const write = (chunk: Buffer): void => {
    if (ended || to.destroyed) return
    count(chunk.length)
    if (to.write(chunk)) return
    from.pause()
    to.once('drain', () => {
      if (!holds()) from.resume()
    })
  }
  from.on('data', (chunk: Buffer) => {
    const now = rule()
    if (now.kind === 'lose-answers' && belongsToCall(chunk)) return reset()
    if (now.kind === 'reset-after') {
      const left = now.bytes - sinceRule
      sinceRule += chunk.length
      if (chunk.length < left) return write(chunk)
      to.write(chunk.subarray(0, Math.max(0, left)), reset)
      return
    }
    if (now.kind === 'end-after') {
      const left = now.bytes - sinceRule
      sinceRule += chunk.length
      if (chunk.length < left) return write(chunk)
      write(chunk.subarray(0, Math.max(0, left)))
      return end()
    }
    if (now.kind === 'delay') {
      inFlight = inFlight
        .then(() => new Promise<void>((resolve) => setTimeout(resolve, now.delayMs)))
        .then(() => write(chunk))
      return
    }
    inFlight = inFlight.then(() => write(chunk))
  })
  from.on('end', () => {
    if (!to.destroyed) to.end()
  })
  const end = (): void => {
    ended = true
    to.end()
  }
  const obey = (): void => {
    sinceRule = 0
    if (holds()) from.pause()
    else from.resume()
  }
  obey()
  return {
    ruleChanged: obey,
    strand: () => {
      stranded = true
      obey()
    },
    end,
  }
}

const FRAME_HEADER_BYTES = 9
const [DATA, HEADERS] = [0, 1]

/** Whether one of the frames (RFC 9113, section 4.1) is data or headers; writes begin with a frame. */
const belongsToCall = (chunk: Buffer): boolean => {
  for (
    let at = 0;
    at + FRAME_HEADER_BYTES <= chunk.length;
    at += FRAME_HEADER_BYTES + chunk.readUIntBE(at, 3)
  )
    if (chunk[at + 3] === DATA || chunk[at + 3] === HEADERS) return true
  return false
}

/** A port that was ours a moment ago may still be on its way out. */
const listening = async (port: number, join: (client: Socket) => void): Promise<Server> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      const server = createServer({ allowHalfOpen: true }, join)
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, '127.0.0.1', () => {
          server.off('error', reject)
          resolve()
        })
      })
      return server
    } catch (error) {
      if (attempt === LISTEN_TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN_MS))
    }
}
