import type { EventStoreDBClient as Client } from '@eventstore/db-client'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import type { EmbeddedNode, NodeOptions } from '../node.ts'
import { startNode } from '../node.ts'

/** A node in memory and a client of it, both gone at the end of the scope (`await using`). */
export type OpenNode = AsyncDisposable & { readonly node: EmbeddedNode; readonly client: Client }

export const openNode = async (options: Partial<NodeOptions> = {}): Promise<OpenNode> => {
  const node = await startNode({ file: ':memory:', ...options })
  const client = EventStoreDBClient.connectionString(node.connectionString)
  return {
    node,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.dispose()
      await node.stop()
    },
  }
}

/** Events of one type, numbered in their data. */
export const numbered = (count: number, type = 'Numbered', from = 0) =>
  Array.from({ length: count }, (_, index) =>
    jsonEvent({ id: randomUUID(), type, data: { n: from + index }, metadata: { from: 'a spec' } }),
  )

/** The number that `numbered` gave to an event, as a reader gets it; NaN for any other event. */
export const numberOf = (resolved: { readonly event?: { readonly data: unknown } | undefined }): number => {
  const data = resolved.event?.data
  return typeof data === 'object' && data !== null && 'n' in data ? Number(data.n) : Number.NaN
}

/** Reads a whole stream (or any async source) into memory. */
export const collect = async <Item>(source: AsyncIterable<Item>): Promise<Item[]> => {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}

/** The `type` of the error a promise rejects with, or `none`. */
export const refusalOf = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'none',
    (error: unknown) =>
      error instanceof Error && 'type' in error ? String(error.type) : `untyped: ${String(error)}`,
  )

/** Waits until `condition` holds, at most `withinMs`. */
export const until = async (condition: () => boolean, withinMs = 30_000): Promise<void> => {
  const giveUpAtMs = Date.now() + withinMs
  while (!condition()) {
    if (Date.now() > giveUpAtMs) throw new Error(`not so after ${withinMs} ms: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
