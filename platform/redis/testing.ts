import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** What a command is answered with: text as it is, nothing, or a refusal. */
export type StandInReply = string | number | readonly number[] | null | { readonly refusal: string }

/** A TCP server that speaks as much of Redis as a connection needs, and does badly what a server can do badly. */
export interface RedisStandIn {
  readonly url: string
  /** `hanging` takes connections and commands and never answers. */
  behave: 'well' | 'hanging' | { readonly slowMs: number } | { readonly refusal: string }
  /** Nobody listens any more, and every connection is cut. */
  readonly stop: () => Promise<void>
  /** Listens on the same port again. */
  readonly start: () => Promise<void>
  /** Of commands but for the greeting. */
  readonly asked: () => number
}

const GREETINGS = new Set(['HELLO', 'CLIENT', 'INFO', 'AUTH', 'SELECT'])

export const startRedisStandIn = async (
  answer: (command: readonly string[]) => StandInReply,
): Promise<RedisStandIn> => {
  const sockets = new Set<Socket>()
  let asked = 0
  const replyTo = ([name = '', ...rest]: readonly string[]): string => {
    const command = name.toUpperCase()
    if (command === 'HELLO') return "-ERR unknown command 'HELLO'\r\n"
    if (command === 'INFO') return encoded('role:master\r\nloading:0\r\n')
    if (GREETINGS.has(command)) return '+OK\r\n'
    asked += 1
    return encoded(
      typeof standIn.behave === 'object' && 'refusal' in standIn.behave
        ? standIn.behave
        : answer([command, ...rest]),
    )
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let unread = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk])
      for (let read = commandIn(unread); read !== undefined; read = commandIn(unread)) {
        unread = unread.subarray(read.length)
        const { behave } = standIn
        if (behave === 'hanging') continue
        const reply = replyTo(read.command)
        if (typeof behave === 'object' && 'slowMs' in behave)
          setTimeout(() => socket.writable && socket.write(reply), behave.slowMs)
        else socket.write(reply)
      }
    })
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const standIn: RedisStandIn = {
    url: `redis://127.0.0.1:${port}`,
    behave: 'well',
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    start: () => listen(port),
    asked: () => asked,
  }
  return standIn
}

const encoded = (reply: StandInReply): string => {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (isMany(reply)) return `*${reply.length}\r\n${reply.map(encoded).join('')}`
  if (typeof reply === 'object') return `-${reply.refusal}\r\n`
  return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`
}

const isMany = (reply: StandInReply): reply is readonly number[] => Array.isArray(reply)

/** The first command of what has come so far: an array of strings, as clients send it. */
const commandIn = (bytes: Buffer): { readonly command: string[]; readonly length: number } | undefined => {
  let at = 0
  const line = (): string | undefined => {
    const end = bytes.indexOf('\r\n', at)
    if (end === -1) return undefined
    const text = bytes.toString('latin1', at + 1, end)
    at = end + 2
    return text
  }
  const count = Number(line() ?? Number.NaN)
  const command: string[] = []
  for (let part = 0; part < count; part += 1) {
    const length = Number(line() ?? Number.NaN)
    if (!(at + length + 2 <= bytes.length)) return undefined
    command.push(bytes.toString('utf8', at, at + length))
    at += length + 2
  }
  return Number.isNaN(count) ? undefined : { command, length: at }
}

/** Keeps sessions for as long as it runs; what a script does is known by its keys. */
export const keepingSessions = (areWritesRefused: () => boolean = () => false) => {
  const kept = new Map<string, string>()
  return ([name = '', ...rest]: readonly string[]): StandInReply => {
    if (name === 'GETEX') return kept.get(rest[0] ?? '') ?? null
    const [, keys, key = '', , value = ''] = rest
    if (key.startsWith('rate:')) return [1, 60_000]
    if (keys === '1') return kept.delete(key) ? 1 : 0
    if (areWritesRefused()) return { refusal: 'OOM command not allowed' }
    kept.set(key, value)
    return 1
  }
}
