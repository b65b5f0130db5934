import { createServer, type Server } from 'node:net'

/**
 * Below the ports that systems give to connections of their own: one of those might otherwise take a shop's port while
 * the shop is killed and started again.
 */
const LOWEST_PORT = 15_000
const HIGHEST_PORT = 32_000
const MOST_TRIES = 100

const onFreePort = async (triesLeft = MOST_TRIES): Promise<Server> => {
  const server = createServer()
  const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT))
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false)
    })
    server.listen(port, '127.0.0.1', () => {
      resolve(true)
    })
  })
  if (isListening) return server
  if (triesLeft === 0) throw new Error('No port is free')
  return await onFreePort(triesLeft - 1)
}

/** Ports that nothing listens on now. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => onFreePort()))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
