import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { startNode } from './node.ts'

/** What the command line says. `cert` and `key` are files in PEM; with them the node speaks TLS. */
export type EmbeddedEventStoreOptions = {
  readonly port: number
  readonly host: string
  readonly db: string
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

const usersSchema = z
  .string()
  .regex(/^[^:,]+:[^,]+(,[^:,]+:[^,]+)*$/, 'KESSAI_EVENTSTORE_USERS must be name:password[,name:password…]')
  .transform((text) =>
    Object.fromEntries(
      text.split(',').map((entry): [string, string] => {
        const colon = entry.indexOf(':')
        return [entry.slice(0, colon), entry.slice(colon + 1)]
      }),
    ),
  )

const tlsOf = ({ cert, key }: EmbeddedEventStoreOptions) => {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new Error('--cert and --key go together')
  return { cert: readFileSync(cert), key: readFileSync(key) }
}

/** Resolves when the process is asked to stop: by a signal, or because the parent that forked it is gone. */
const stopRequested = async (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    if (process.connected) process.once('disconnect', () => resolve())
  })

/**
 * Runs the embedded node as this process: prints `LISTENING <port>` when ready and stays until SIGTERM, SIGINT
 * or the loss of the parent, then stops in order and exits with 0, or with 1 if it could not stop in order. Rejects if the node cannot start. The users
 * of a TLS node come from `KESSAI_EVENTSTORE_USERS`.
 */
export const runEmbeddedEventStore = async (options: EmbeddedEventStoreOptions): Promise<void> => {
  const asked = stopRequested()
  const declared = process.env['KESSAI_EVENTSTORE_USERS']
  const node = await startNode({
    file: options.db,
    host: options.host,
    port: options.port,
    tls: tlsOf(options),
    users: declared === undefined ? undefined : usersSchema.parse(declared),
  })
  process.stdout.write(`LISTENING ${node.port}\n`)
  await asked
  try {
    await node.stop()
  } catch (error) {
    process.stderr.write(`embedded event store: stopped, but not in order: ${String(error)}\n`)
    process.exit(1)
  }
  process.exit(0)
}
