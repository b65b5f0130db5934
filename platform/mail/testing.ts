import { once } from 'node:events'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { z } from 'zod'

/** What an SMTP server took. */
export interface TakenMail {
  readonly to: readonly string[]
  /** As it came over the wire, line ends as they are. */
  readonly raw: string
}

/** What a server does with a mail once it has all of it. */
export type AfterData = 'accept' | 'hang' | 'drop' | { readonly refuse: number; readonly saying: string }

export interface SpecSmtpServer {
  readonly url: string
  readonly port: number
  readonly taken: readonly TakenMail[]
  readonly afterData: (deed: AfterData) => void
  readonly stop: () => Promise<void>
}

const Bound = z.object({ port: z.number() })

/** A real SMTP server on this machine, for specs. A mail that it took before it fell silent counts as taken. */
export const startSmtpServer = async (
  options: SMTPServerOptions & { readonly onPort?: number } = {},
): Promise<SpecSmtpServer> => {
  const taken: TakenMail[] = []
  let deed: AfterData = 'accept'
  const { onPort = 0, ...rest } = options
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 50,
    logger: false,
    ...rest,
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const now = deed
        if (typeof now === 'object') {
          callback(Object.assign(new Error(now.saying), { responseCode: now.refuse }))
          return
        }
        taken.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        })
        if (now === 'accept') callback()
        if (now === 'drop') for (const connection of server.connections) connection.close()
      })
    },
  })
  server.on('error', () => {
    // A client that goes away is what some specs are about.
  })
  server.listen(onPort, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = Bound.parse(server.server.address())
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    taken,
    afterData: (next) => {
      deed = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}
