import { mkdirSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import {
  type Credentials,
  type TlsIdentity,
  loadCredentials,
  loadTlsIdentity,
  makeCredentials,
  makeTlsIdentity,
} from './credentials.ts'
import { createHttpApp } from './http-app.ts'
import type { Knobs } from './knobs.ts'
import { listen } from './listening.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { createWorld } from './world.ts'

export interface SimulatorOptions {
  /** Keeps its files in `<dataDir>/paypay-simulator/`; `:memory:` keeps nothing. */
  dataDir: string
  host?: string
  /** 0 takes any free port, for both. */
  port?: number
  tlsPort?: number
  webhookTarget?: string
  /** `whsec_` and base64; signs webhooks in the Standard Webhooks scheme, which PayPay itself does not. */
  webhookSigningSecret?: string
  /** How long codes can be paid; without the usual jitter when given. */
  codeLifeMs?: number
  /** Other behaviour to start with; see `knobs.ts`. */
  knobs?: Partial<Knobs>
  nowMs?: () => number
  /** Makes ids and jitter repeatable. */
  seed?: number
  shopName?: string
  /** Where buyers reach the cashier page, when that differs from the address listened on. */
  publicUrl?: string
  /** How long to wait for a port that is still in use. */
  listenPatienceMs?: number
}

export interface Simulator {
  port: number
  tlsPort: number
  /** The plain HTTP address: API, cashier page and control. */
  url: string
  credentials: Credentials
  /** To be trusted by clients that come over TLS. */
  caPem: string
  /** Ends every connection and closes the files. Harmless when repeated. */
  stop(): Promise<void>
}

/** Starts a PayPay that speaks HTTP and HTTPS on one state. Rejects when an address or its files cannot be had. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1'
  const inMemory = options.dataDir === ':memory:'
  const directory = join(options.dataDir, 'paypay-simulator')
  if (!inMemory) mkdirSync(directory, { recursive: true })
  const credentials = inMemory ? makeCredentials() : loadCredentials(directory)
  const identity = inMemory ? await passingIdentity() : await loadTlsIdentity(directory)

  const ledger = openSqliteLedger(inMemory ? ':memory:' : join(directory, 'state.db'))
  let url = options.publicUrl ?? ''
  const { codeLifeMs, nowMs, seed, shopName } = options
  const world = createWorld({
    ledger,
    credentials,
    publicUrl: () => url,
    knobs: { ...(codeLifeMs === undefined ? {} : { codeLifeMs, codeLifeJitterMs: 0 }), ...options.knobs },
    ...(nowMs === undefined ? {} : { nowMs }),
    ...(seed === undefined ? {} : { seed }),
    ...(shopName === undefined ? {} : { shopName }),
  })
  const { webhookTarget, webhookSigningSecret } = options
  if (webhookTarget !== undefined) {
    const signing = webhookSigningSecret === undefined ? {} : { signingSecret: webhookSigningSecret }
    world.sender.setTarget({ url: new URL(webhookTarget).href, ...signing })
  }

  const app = createHttpApp(world)
  await app.ready()
  const plain = createPlainServer((request, reply) => app.routing(request, reply))
  const tls = createTlsServer(
    { key: identity.keyPem, cert: identity.certPem, minVersion: 'TLSv1.2' },
    (request, reply) => app.routing(request, reply),
  )

  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= shutDown())
  async function shutDown(): Promise<void> {
    world.sender.stop()
    await Promise.all(
      [plain, tls].map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      ),
    )
    await app.close()
    ledger.close()
  }

  try {
    const patienceMs = options.listenPatienceMs ?? 0
    const port = await listen(plain, host, options.port ?? 0, patienceMs)
    const tlsPort = await listen(tls, host, options.tlsPort ?? 0, patienceMs)
    const ownUrl = `http://${reachable(host)}:${port}`
    url ||= ownUrl
    return { port, tlsPort, url: ownUrl, credentials, caPem: identity.certPem, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A listener on every address is reached by the local one. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

let passing: Promise<TlsIdentity> | undefined

/** One certificate serves every in-memory simulator of a process. */
function passingIdentity(): Promise<TlsIdentity> {
  return (passing ??= makeTlsIdentity())
}
