import type { ServiceError } from '@grpc/grpc-js'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { authorityOf, listen, shutDown } from './listening.ts'
import { createBackups } from './services/backup.ts'
import { createDoorkeeper } from './services/credentials.ts'
import type { Users } from './services/credentials.ts'
import { createOpenCalls } from './services/openCalls.ts'
import { registerServices } from './services/register.ts'
import { removeLeftOverCopies } from './store/copyFiles.ts'
import { openDatabase } from './store/database.ts'
import { startEpoch } from './store/epoch.ts'
import { openLog } from './store/log.ts'
import { createWakeUps } from './subscriptions/wakeUps.ts'
import { callError } from './wire/refusals.ts'

/** Where an embedded node keeps its log and where it listens. */
export type NodeOptions = {
  /** The file of the log, or `:memory:` for one that ends with the node. */
  readonly file: string
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** 0, the default, takes any free port. */
  readonly port?: number | undefined
  /** A certificate and its key as PEM: the node then speaks TLS only and checks Basic credentials. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined
  /** Who is let in over TLS; default admin with the server's well-known password. Unused without TLS. */
  readonly users?: Users | undefined
  /** The time in milliseconds since 1970 by which events are dated and `$maxAge` is judged. */
  readonly clock?: (() => number) | undefined
  /** The most pages of 4 KiB the file may have; further appends fail as on a full disk. */
  readonly maxPages?: number | undefined
  /** How long to wait for a file or a port that is taken, in milliseconds; default 5,000. */
  readonly patienceMs?: number | undefined
  /** Where faults of the disk are reported; default standard error. */
  readonly report?: ((message: string) => void) | undefined
}

/** A node that listens. */
export type EmbeddedNode = {
  readonly port: number
  /** For `EventStoreDBClient.connectionString`. Over TLS it names the first user; the CA file is the caller's. */
  readonly connectionString: string
  /**
   * Stops in order: what was accepted is committed and answered, open reads and subscriptions end CANCELLED,
   * other calls UNAVAILABLE, the write-ahead log is emptied. Safe to call again.
   */
  readonly stop: () => Promise<void>
}

const DEFAULT_USERS: Users = { admin: 'changeit' }
const PATIENCE_MS = 5_000
/** Batches are cut at 3 MiB by the client, and events of up to 16 MiB must be refused properly. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024

const credentialsFor = (tls: NodeOptions['tls']): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) },
      ])

const connectionStringOf = (authority: string, users: Users | undefined): string => {
  const [first] = Object.entries(users ?? {})
  if (first === undefined) return `esdb://${authority}?tls=false`
  return `esdb://${encodeURIComponent(first[0])}:${encodeURIComponent(first[1])}@${authority}?tls=true`
}

/**
 * Starts an EventStoreDB-compatible node inside this process: for one machine, tests and demos. Production is an
 * EventStoreDB cluster; nothing here replicates. Refuses (throws an `Error` that says why) when the
 * file is in use, torn or no log of a node, and when the port stays taken.
 */
export const startNode = async (options: NodeOptions): Promise<EmbeddedNode> => {
  const { file, host = '127.0.0.1', tls, maxPages, patienceMs = PATIENCE_MS } = options
  const report = options.report ?? ((message: string) => process.stderr.write(`${message}\n`))
  const users = tls === undefined ? undefined : (options.users ?? DEFAULT_USERS)
  const unexpected = (error: unknown): ServiceError => {
    const reason = error instanceof Error ? error.message : String(error)
    report(`embedded event store: ${reason}`)
    return callError(status.UNAVAILABLE, reason)
  }
  const log = openLog(
    await openDatabase(file, { maxPages, lockWaitMs: patienceMs }),
    options.clock,
    unexpected,
  )
  removeLeftOverCopies(file)
  const openCalls = createOpenCalls()
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES })
  let port = 0
  const parts = {
    log,
    openCalls,
    wakeUps: createWakeUps(log),
    doorkeeper: createDoorkeeper(users),
    unexpected,
  }
  const backups = createBackups(parts, file)
  registerServices(server, parts, backups, { host, port: () => port })
  try {
    await startEpoch(log)
    port = await listen(server, credentialsFor(tls), { host, port: options.port ?? 0, patienceMs })
  } catch (error) {
    log.close()
    server.forceShutdown()
    throw error
  }

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await backups.stop()
    try {
      log.close()
    } finally {
      // A log that could not be closed in order is whole all the same; a node that lives on without one would be worse.
      openCalls.endAll()
      await shutDown(server)
    }
  }
  return {
    port,
    connectionString: connectionStringOf(authorityOf(host, port), users),
    stop: async () => {
      stopped ??= stop()
      await stopped
    },
  }
}
