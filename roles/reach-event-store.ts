import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError, readConfig } from '#platform/config/config.ts'

/** Where the shop that runs on this data directory has its event store, for commands that come along beside it. */
const Address = z.object({ url: z.string(), host: z.string(), port: z.int().positive() })

const PROBE_TIMEOUT_MS = 1_000

/** The log of a shop that brings its own event store. */
export const logFileOf = (dataDir: string): string => join(dataDir, 'events.db')

const addressFileOf = (dataDir: string): string => join(dataDir, 'event-store.json')

/** The address of an embedded node of ours, which always listens on this machine alone. */
export const embeddedUrl = (port: number): string => `esdb://127.0.0.1:${port}?tls=false`

/** Leaves word of a running node in the data directory. What it gives back takes that away again. */
export const announceEventStore = (dataDir: string, port: number): (() => void) => {
  const file = addressFileOf(dataDir)
  writeFileSync(file, JSON.stringify({ url: embeddedUrl(port), host: '127.0.0.1', port }))
  return () => rmSync(file, { force: true })
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end(false))
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })

/** The node of the shop that runs on this directory. Word left by one that was killed is not believed. */
const runningNode = async (dataDir: string): Promise<string | undefined> => {
  if (!existsSync(addressFileOf(dataDir))) return undefined
  const { url, host, port } = Address.parse(JSON.parse(readFileSync(addressFileOf(dataDir), 'utf8')))
  return (await answers(host, port)) ? url : undefined
}

/**
 * An event store for a command that looks at it and ends: `EVENTSTORE_URL`, else the node of the shop that runs on this
 * `KESSAI_DATA`, else a node of its own over the log that lies there.
 * @throws ConfigurationError when there is none of these.
 */
export const reachEventStore = async (
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const config = readConfig(environment)
  const url = config.EVENTSTORE_URL ?? (await runningNode(config.KESSAI_DATA))
  if (url !== undefined) return { url, close: () => Promise.resolve() }
  const file = logFileOf(config.KESSAI_DATA)
  if (!existsSync(file))
    throw new ConfigurationError(
      `There is no event store: EVENTSTORE_URL is not set, and ${config.KESSAI_DATA} has no ${file}`,
    )
  const { startNode } = await import('#embedded/eventstoredb/node.ts')
  const node = await startNode({ file })
  return { url: node.connectionString, close: node.stop }
}
