import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'

/** An event store to run specs against. */
export interface Server {
  readonly connectionString: string
  readonly stop: () => Promise<void>
}

/** One that the specs may stop and start again, on the same port and the same log. */
export interface ControlledServer extends Server {
  readonly port: number
  /** In order, unless it is to be killed. */
  readonly halt: (kill?: 'kill') => Promise<void>
  readonly start: () => Promise<void>
}

const READY_WITHIN_MS = 15_000

export const plain = (port: number): string => `esdb://127.0.0.1:${port}?tls=false`

const fileOf = (log: 'in-memory' | 'on-disk', folder: string): string =>
  log === 'in-memory' ? ':memory:' : join(folder, 'log.db')

const withFolder = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-contract-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

/** The embedded node in this process. In memory its log ends with it. */
export const nodeInProcess = async (log: 'in-memory' | 'on-disk' = 'on-disk'): Promise<ControlledServer> => {
  const { folder, remove } = withFolder()
  const file = fileOf(log, folder)
  let node: EmbeddedNode = await startNode({ file })
  const { port } = node
  return {
    port,
    connectionString: plain(port),
    halt: () => node.stop(),
    start: async () => {
      node = await startNode({ file, port })
    },
    stop: async () => {
      await node.stop()
      remove()
    },
  }
}

/** The embedded node as Kessai starts it: `node main.ts embedded-eventstore`. */
export const nodeAsChild = async (log: 'in-memory' | 'on-disk' = 'on-disk'): Promise<ControlledServer> => {
  const { folder, remove } = withFolder()
  const file = fileOf(log, folder)
  let child = launch(file, 0)
  const port = await listening(child)
  const halt = async (kill?: 'kill'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(kill === undefined ? 'SIGTERM' : 'SIGKILL')
    await exited
  }
  return {
    port,
    connectionString: plain(port),
    halt,
    start: async () => {
      child = launch(file, port)
      await listening(child)
    },
    stop: async () => {
      await halt()
      remove()
    },
  }
}

const launch = (file: string, port: number): ChildProcess =>
  spawn(
    process.execPath,
    ['main.ts', 'embedded-eventstore', '--port', String(port), '--host', '127.0.0.1', '--db', file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )

const listening = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`Not ready: ${said}`)), READY_WITHIN_MS)
    child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${said}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const port = /LISTENING (\d+)/.exec(said)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    })
  })

/** The embedded node over TLS, with a certificate of its own and one user. */
export const securedNode = async (): Promise<
  Server & { readonly authority: string; readonly query: string }
> => {
  const { folder, remove } = withFolder()
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, cert)
  const node = await startNode({ file: ':memory:', tls: { cert, key }, users: { shop: 'p:w@d' } })
  const authority = `127.0.0.1:${node.port}`
  const query = `?tls=true&tlsCAFile=${encodeURIComponent(caFile)}`
  return {
    authority,
    query,
    connectionString: `esdb://shop:${encodeURIComponent('p:w@d')}@${authority}${query}`,
    stop: async () => {
      await node.stop()
      remove()
    },
  }
}
