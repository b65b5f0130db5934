import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { readFileSync } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { LogFigures } from './store/inspection.ts'
import { inspectLog } from './store/inspection.ts'
import { backupMethod } from './wire/maintenance.ts'

export type { LogFigures } from './store/inspection.ts'
export { inspectLog } from './store/inspection.ts'

/** Which node to ask, and where to put what it gives. */
export type BackupOptions = {
  /** `esdb://[user:password@]host:port?tls=…`; without `tls=false` the connection is secured, as in the client. */
  readonly connectionString: string
  /** An existing file is replaced, and only by a copy that is complete and sound. */
  readonly file: string
  /** The authority of the node's certificate as PEM, if it is not a public one. */
  readonly caFile?: string | undefined
  /** Ends the download; nothing stays behind. */
  readonly signal?: AbortSignal | undefined
}

type Target = {
  readonly authority: string
  readonly isSecure: boolean
  readonly user: { readonly name: string; readonly password: string } | undefined
}

const DEFAULT_PORT = '2113'
/** A node that is gone without a word is noticed after twice this time. */
const KEEP_ALIVE_MS = 10_000

const querySchema = z.object({ tls: z.enum(['true', 'false']).default('true') })

const urlOf = (connectionString: string): URL => {
  try {
    return new URL(connectionString)
  } catch (cause) {
    throw new Error('a backup needs esdb://host:port with a single host', { cause })
  }
}

const targetOf = (connectionString: string): Target => {
  const url = urlOf(connectionString)
  if (url.protocol !== 'esdb:' || url.hostname === '')
    throw new Error('a backup needs esdb://host:port with a single host')
  const query = [...url.searchParams].map(([key, value]): [string, string] => [key.toLowerCase(), value])
  const { tls } = querySchema.parse(Object.fromEntries(query))
  const name = decodeURIComponent(url.username)
  return {
    authority: `${url.hostname}:${url.port === '' ? DEFAULT_PORT : url.port}`,
    isSecure: tls === 'true',
    user: name === '' ? undefined : { name, password: decodeURIComponent(url.password) },
  }
}

/** Like the client, sends no password over a connection that everybody can read. */
const headersOf = ({ user, isSecure }: Target): Metadata => {
  const headers = new Metadata()
  if (user !== undefined && isSecure) {
    const pair = Buffer.from(`${user.name}:${user.password}`).toString('base64')
    headers.set('authorization', `Basic ${pair}`)
  }
  return headers
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error

const explained = (error: unknown, { authority }: Target): unknown => {
  if (!isServiceError(error)) return error
  const reason =
    error.code === status.UNIMPLEMENTED
      ? 'is no embedded node; a server of EventStoreDB is backed up by its own means'
      : `gives no backup: ${error.details}`
  return new Error(`${authority} ${reason}`, { cause: error })
}

/** A rename is only there to stay when the folder has reached the disk, too. */
const syncFolderOf = async (file: string): Promise<void> => {
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

type Request = {
  readonly call: ClientReadableStream<Buffer>
  /** Resolves when the call has ended well. An end that came before anybody read would be lost to the reader. */
  readonly ended: Promise<void>
}

const request = (client: Client, target: Target): Request => {
  const { path, requestSerialize, responseDeserialize } = backupMethod
  const nothing = Buffer.alloc(0)
  const headers = headersOf(target)
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, nothing, headers)
  const ended = new Promise<void>((resolve, reject) => {
    call.once('error', reject)
    call.once('status', () => resolve())
  })
  // It is awaited only behind the last byte, and may fail long before.
  ended.catch(() => undefined)
  return { call, ended }
}

/**
 * Downloads a copy of an embedded node's log while the node goes on: a file on which a node can be started. It
 * arrives under another name, is flushed and checked, and only then becomes `file`. Throws an `Error` that
 * says why: unreachable, not let in, another backup under way, no embedded node, a copy that is not sound.
 */
export const downloadBackup = async ({
  connectionString,
  file,
  caFile,
  signal,
}: BackupOptions): Promise<LogFigures> => {
  const target = targetOf(connectionString)
  signal?.throwIfAborted()
  const authority = caFile === undefined ? null : readFileSync(caFile)
  const channel = target.isSecure ? credentials.createSsl(authority) : credentials.createInsecure()
  const client = new Client(target.authority, channel, {
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEP_ALIVE_MS,
  })
  const { call, ended } = request(client, target)
  const leave = (): void => call.cancel()
  signal?.addEventListener('abort', leave, { once: true })
  const arriving = `${file}.arriving`
  try {
    await writeFile(arriving, call, { flush: true })
    await ended
    const figures = inspectLog(arriving)
    await rename(arriving, file)
    await syncFolderOf(file)
    return figures
  } catch (error) {
    call.cancel()
    signal?.throwIfAborted()
    throw explained(error, target)
  } finally {
    signal?.removeEventListener('abort', leave)
    client.close()
    await rm(arriving, { force: true })
  }
}
