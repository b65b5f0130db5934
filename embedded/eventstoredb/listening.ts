import type { Server, ServerCredentials } from '@grpc/grpc-js'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const RETRY_MS = 100
/** How long a stopping server waits for its clients to take the last answers. */
const FAREWELL_MS = 1_000

/** `host:port`, with the brackets that an IPv6 address needs. */
export const authorityOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** Why the port cannot be had, or undefined. grpc-js itself would not say, and would log every attempt. */
const obstacleAt = async (host: string, port: number): Promise<string | undefined> => {
  const probe = createServer()
  try {
    await once(probe.listen(port, host), 'listening')
    return undefined
  } catch (error) {
    return codeOf(error)
  } finally {
    probe.close()
  }
}

/** A port may stay taken for a moment while its last owner goes; any other obstacle is final. */
const awaitFreePort = async (host: string, port: number, patienceMs: number): Promise<void> => {
  const giveUpAtMs = Date.now() + patienceMs
  for (;;) {
    const obstacle = await obstacleAt(host, port)
    if (obstacle === undefined) return
    if (obstacle !== 'EADDRINUSE' || Date.now() >= giveUpAtMs) {
      throw new Error(
        `cannot listen on ${authorityOf(host, port)}: ${obstacle} (waited up to ${patienceMs} ms)`,
      )
    }
    await pause(RETRY_MS)
  }
}

/**
 * Makes the server listen and gives its port; 0 asks for any free one. Throws when the port stays taken for
 * `patienceMs` or the host is not this machine's.
 */
export const listen = async (
  server: Server,
  credentials: ServerCredentials,
  { host, port, patienceMs }: { host: string; port: number; patienceMs: number },
): Promise<number> => {
  if (port !== 0) await awaitFreePort(host, port, patienceMs)
  return new Promise((resolve, reject) => {
    server.bindAsync(authorityOf(host, port), credentials, (error, bound) => {
      if (error === null) resolve(bound)
      else reject(new Error(`cannot listen on ${authorityOf(host, port)}`, { cause: error }))
    })
  })
}

/** Closes the server: calls that are ending may end, for a moment; then every connection is cut. */
export const shutDown = async (server: Server): Promise<void> => {
  const farewell = new AbortController()
  const calm = new Promise<void>((resolve) => {
    server.tryShutdown(() => resolve())
  })
  const impatience = pause(FAREWELL_MS, undefined, { signal: farewell.signal }).catch(() => undefined)
  await Promise.race([calm, impatience])
  farewell.abort()
  server.forceShutdown()
}
