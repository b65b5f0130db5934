import type { Server } from 'node:net'
import { errorCode } from './error-code.ts'

const RETRY_EVERY_MS = 100

/**
 * Listens and answers the port. An address still in use is tried again until `patienceMs` is over, because the
 * process that held it may be just ending; then the error says which address it was.
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  patienceMs: number,
): Promise<number> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await listenOnce(server, host, port)
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE') throw error
      if (performance.now() >= deadline) {
        throw new Error(`${host}:${port} is in use by another process`, { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS))
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error)
    server.once('error', failed)
    server.listen(port, host, () => {
      server.removeListener('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
