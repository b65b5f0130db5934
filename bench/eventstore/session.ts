import { EventStoreDBClient } from '@eventstore/db-client'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { appendersOver, type Appender, type Way } from './appenders.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { startNodeProcess, type NodeProcess, type NodeProcessOptions } from './node-process.ts'

/** A fresh node and everything that speaks to it; all gone at the end of the scope (`await using`). */
export interface Session extends AsyncDisposable {
  readonly node: NodeProcess
  /** The official client, as it comes. */
  readonly client: EventStoreDBClient
  readonly edge: EventStore
  readonly appenders: Readonly<Record<Way, Appender>>
  readonly ledger: Ledger
}

/** Opens sessions; one of them is open at a time but where two nodes are compared. */
export type OpenSession = () => Promise<Session>

export const sessionOpener =
  (options: NodeProcessOptions): OpenSession =>
  async () => {
    const node = await startNodeProcess(options)
    const client = EventStoreDBClient.connectionString(node.connectionString)
    const edge = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
    return {
      node,
      client,
      edge,
      appenders: appendersOver(client, edge),
      ledger: createLedger(client),
      [Symbol.asyncDispose]: async () => {
        // The node ends whatever the clients say: it is a process of ours.
        await Promise.allSettled([edge.close(), client.dispose()])
        await node.stop()
      },
    }
  }
