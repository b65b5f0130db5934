import { randomUUID } from 'node:crypto'
import { WebSocket, type ClientOptions } from 'ws'
import type { CommandContext } from '#platform/commands/runner.ts'
import { until } from '../testing.ts'
import type { OrderMessage } from './messages.ts'

/** A client that remembers what it was told. */
export const connectTo = (url: string, options: ClientOptions = {}) => {
  const socket = new WebSocket(url, options)
  const messages: OrderMessage[] = []
  let closedWith: number | undefined
  let refusedWith: number | undefined
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8'))))
  socket.on('close', (code) => {
    closedWith = code
  })
  socket.on('unexpected-response', (_request, response) => {
    refusedWith = response.statusCode
    socket.terminate()
  })
  socket.on('error', () => {})
  return {
    socket,
    messages,
    opened: () => until('the snapshot came', () => messages[0]),
    closed: () => until('the socket was closed', () => closedWith),
    /** How the server has answered so far, in the words of the table of who may do what. */
    said: () =>
      messages.length > 0 ? 'yes' : (refusedWith ?? (closedWith === 1008 ? 'closed' : closedWith)),
    refused: () => until('the upgrade was refused', () => refusedWith),
    has: (what: string, test: (message: OrderMessage) => boolean) => until(what, () => messages.find(test)),
  }
}

export const contextFor = (correlationId: string): CommandContext => {
  const commandId = randomUUID()
  return { commandId, correlationId, causationId: commandId, actor: 'system:test' }
}
