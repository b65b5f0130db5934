import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { connectRedis } from '#platform/redis/link.ts'
import type { RedisLink } from '#platform/redis/port.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { freePorts } from '../../demo/free-ports.ts'

/** A real redis-server on 127.0.0.1 that keeps nothing on disk. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Again on the same port, and empty, after it was killed. */
  readonly start: () => Promise<void>
  /** Without warning. */
  readonly kill: () => Promise<void>
  /** Stops answering, with its connections open, and goes on. */
  readonly pause: () => void
  readonly resume: () => void
  /** Asks it something directly, as an administrator. */
  readonly tell: (command: string, ...rest: readonly string[]) => Promise<unknown>
}

const READY_WITHIN_MS = 10_000
const KEPT_OUTPUT = 5_000

/** A server that is running; `options` are lines of its configuration: `--maxmemory`, `1mb`. */
export const startRedisServer = async (options: readonly string[] = []): Promise<RedisServer> => {
  const program = process.env['REDIS_SERVER'] ?? ''
  if (program === '') throw new Error('There is no server to start: run `.ci/redis/run npm run test:redis`')
  const folder = mkdtempSync(join(tmpdir(), 'kessai-redis-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const [port = 0] = await freePorts(1)
  let child: ChildProcess | undefined
  let administrator: Redis | undefined

  const start = async (): Promise<void> => {
    const started = spawn(
      program,
      // One process more answers while a copy is made for a replica; without it nothing is written at all.
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    child = started
    let said = ''
    const isReady = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`redis-server is not ready: ${said}`))
      }, READY_WITHIN_MS)
      started.once('exit', (code) => {
        clearTimeout(timer)
        reject(new Error(`redis-server ended with ${code}: ${said}`))
      })
      started.stdout.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-KEPT_OUTPUT)
        if (!said.includes('Ready to accept connections')) return
        clearTimeout(timer)
        resolve()
      })
    })
    await isReady
  }

  const signal = (name: NodeJS.Signals): void => {
    child?.kill(name)
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill: async () => {
      administrator?.disconnect()
      administrator = undefined
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
    pause: () => {
      signal('SIGSTOP')
    },
    resume: () => {
      signal('SIGCONT')
    },
    tell: async (command, ...rest) => {
      administrator ??= new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 3 }).on('error', () => {})
      return administrator.call(command, ...rest)
    },
  }
}

/** A link that answers. */
export const linked = async (url: string): Promise<RedisLink> => {
  const link = connectRedis({ url })
  await eventually('Redis answers', () => link.trouble() === undefined)
  return link
}

/** Waits for a condition, asking again every few milliseconds for a bounded time. */
export const eventually = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> => {
  const giveUpAtMs = systemClock.monotonicMs() + limitMs
  while (!(await condition())) {
    if (systemClock.monotonicMs() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await systemClock.sleep(10)
  }
}
