import { EventStoreDBClient } from '@eventstore/db-client'
import type { Clock } from '../clock/clock.ts'
import { clientConnectionString } from './connection-string.ts'
import { within } from './outcome.ts'

/** The client of now, for one call or one subscription, and how to say whether it answers. */
export interface Lease {
  readonly client: EventStoreDBClient
  /** Aborts when another client takes this one's place: whatever still waits asks that one. */
  readonly replaced: AbortSignal
  /** Something came back, whatever it said. */
  readonly answered: () => void
  /** Nothing came back in time. */
  readonly silent: () => void
}

export interface Connection {
  readonly lease: () => Lease
  /** Cancels what is under way. Resolves within two seconds. */
  readonly close: () => Promise<void>
}

export interface ConnectionOptions {
  readonly connectionString: string
  readonly clock: Clock
  /** How long a call waits; a client is given at least as long before it is replaced, and four times as long at most. */
  readonly answerTimeoutMs: number
  /** A client that was silent has been given up; the number counts those of this connection. */
  readonly onRebuild?: (rebuilds: number) => void
}

const SILENCES_BEFORE_REBUILD = 2
const LONGEST_LIFE_IN_TIMEOUTS = 4
const DISPOSE_PATIENCE_MS = 2_000

/**
 * One official client at a time. It recovers by itself from every connection that breaks, and never from one that is
 * accepted and then silent: the handshake has no time limit, calls wait for it to their deadline and subscriptions for
 * ever, and another client is given the same connection from gRPC's pool. So after silences in a row, with nothing heard
 * in between, the client is thrown away and a new one takes over; as long as none answers, each is given longer.
 */
export const connectClient = (options: ConnectionOptions): Connection => {
  const { connectionString, clock, answerTimeoutMs, onRebuild } = options
  let rebuilds = 0
  let lifeMs = answerTimeoutMs
  let closing = false
  const retiring = new Set<Promise<void>>()

  const take = (): Lease & { readonly retire: () => void } => {
    const client = openClient(clientConnectionString(connectionString, rebuilds))
    const ending = new AbortController()
    const bornAtMs = clock.nowMs()
    let silences = 0
    const retire = (): void => {
      ending.abort()
      const disposal = dispose(client, clock).finally(() => retiring.delete(disposal))
      retiring.add(disposal)
    }
    return {
      client,
      replaced: ending.signal,
      answered: () => {
        silences = 0
        lifeMs = answerTimeoutMs
      },
      silent: () => {
        silences += 1
        const isDue = silences >= SILENCES_BEFORE_REBUILD && clock.nowMs() - bornAtMs >= lifeMs
        if (closing || ending.signal.aborted || !isDue) return
        rebuilds += 1
        lifeMs = Math.min(lifeMs * 2, answerTimeoutMs * LONGEST_LIFE_IN_TIMEOUTS)
        // The next one first, so that whoever is woken by the end of this one finds it.
        current = take()
        retire()
        onRebuild?.(rebuilds)
      },
      retire,
    }
  }

  let current = take()
  return {
    lease: () => current,
    close: async () => {
      closing = true
      current.retire()
      await Promise.all(retiring)
    },
  }
}

const openClient = (connectionString: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(connectionString)
  const reconnect = client['handleError']
  // While it looks for a leader, this rejects for every earlier call that fails; the client does not listen, and a
  // rejection that nobody hears ends the process.
  client['handleError'] = async (...failure) => {
    await reconnect(...failure).catch(() => {})
  }
  return client
}

/** The client cancels its streams but leaves its channel open, which would keep the hanging connection. */
const dispose = async (client: EventStoreDBClient, clock: Clock): Promise<void> => {
  const closeChannel = async (): Promise<void> => {
    const channel = await client['getChannel']()
    channel.close()
  }
  await within(DISPOSE_PATIENCE_MS, clock, Promise.all([client.dispose(), closeChannel()])).catch(() => {})
}
