import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'

/** How a server may behave: answer, hang up, fall silent, break, or answer with something else. */
export type Mood = 'answering' | 'hanging-up' | 'silent' | 'failing' | 'babbling'

const Asked = z.object({ localId: z.array(z.string()).default([]) })
const Address = z.object({ port: z.number() })

/**
 * The two things the shop asks Firebase, over HTTP: keys, and accounts the way the library asks an emulator. It cannot
 * show that the library finds Google and its credentials, nor that Google's keys are where they are said to be.
 */
export const firebaseStandIn = async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'of-today', alg: 'RS256', use: 'sig' }
  const accounts = new Map<string, { disabled: boolean; validSinceSeconds: number }>()
  let mood: Mood = 'answering'
  let asked = 0
  /** Whoever waits for an answer that was never given is hung up on when the mood changes. */
  const silenced = new Set<ServerResponse>()

  const reply = (response: ServerResponse, body: unknown): void => {
    if (mood === 'hanging-up') response.destroy()
    else if (mood === 'failing')
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"INTERNAL"}}')
    else if (mood === 'babbling')
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in to Wi-Fi')
    else if (mood === 'answering')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    else silenced.add(response)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    asked += 1
    if (request.url === '/keys') {
      reply(response, { keys: [key] })
      return
    }
    const { localId } = Asked.parse(JSON.parse(body === '' ? '{}' : body))
    const users = localId.flatMap((id) => {
      const account = accounts.get(id)
      if (account === undefined) return []
      return [{ localId: id, disabled: account.disabled, validSince: String(account.validSinceSeconds) }]
    })
    reply(response, users.length === 0 ? {} : { users })
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = Address.parse(server.address())
  return {
    host: `127.0.0.1:${port}`,
    keysUrl: new URL(`http://127.0.0.1:${port}/keys`),
    privateKey,
    header: { alg: 'RS256', kid: key.kid },
    accounts,
    asked: () => asked,
    become: (next: Mood) => {
      mood = next
      for (const response of silenced) response.destroy()
      silenced.clear()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type FirebaseStandIn = Awaited<ReturnType<typeof firebaseStandIn>>
