import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { Kafka, KafkaMessage } from '#platform/kafka/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { PROCESS_COLLECTIONS, startProcess, type ProcessStatus } from '#processmanagers/runner.ts'
import { leases, LEASES, RENEW_EVERY_MS, type Holder, type Lease } from '#projections/rebuild/leases.ts'
import { openOutbox, type OutboxCondition } from './outbox.ts'
import type { Topic } from './publication.ts'
import { RELAY } from './relay-name.ts'
import { relaying } from './relaying.ts'

export interface RelayOptions {
  readonly store: EventStore
  readonly readStore: ReadStore
  readonly commands: CommandRunner
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: (message: string, detail: object, level?: 'info' | 'warn' | 'error') => void
  readonly holder: Holder
  readonly random: () => number
  /** A connection of its own for each term of office, which closes it. */
  readonly kafka: () => Kafka
  readonly topics: Readonly<Record<Topic, string>>
  readonly source: string
  readonly onSent?: (messages: readonly KafkaMessage[]) => void
  readonly onFailure?: () => void
}

export type RelayStatus =
  /** Another process relays, or who does is not known yet. */
  | { readonly state: 'standby'; readonly trouble?: string }
  | {
      readonly state: 'active'
      readonly kafka: OutboxCondition
      readonly process: ProcessStatus
      /** When the log recorded the oldest event that Kafka does not have yet, of those that were read. */
      readonly oldestOpenMs: number | undefined
    }

export interface Relay {
  readonly status: () => RelayStatus
  /** Resolves when the signal has stopped it and its last checkpoint is written. */
  readonly stopped: Promise<void>
}

/** The collections a relay needs. */
export const RELAY_COLLECTIONS = [...PROCESS_COLLECTIONS, LEASES]

/**
 * Takes events of the log to Kafka, at least once each and in order per key, for as long as the signal allows. Of
 * several relays one is active. Two that are both active, because one was taken for gone while it was not, repeat each
 * other's messages and never change their order: each goes through the log from a place below which all was sent.
 */
export const startRelay = (options: RelayOptions): Relay => {
  const { readStore, holder, clock, signal, log } = options
  const waitingRoom = leases({ readStore, holder, clock })
  const standby: RelayStatus = { state: 'standby' }
  let status = (): RelayStatus => standby
  let isInTheDark = false

  const takeOffice = async (): Promise<Lease | undefined> => {
    try {
      const lease = await waitingRoom.acquire(RELAY)
      isInTheDark = false
      status = () => standby
      return lease
    } catch (error) {
      const trouble = String(error)
      status = () => ({ state: 'standby', trouble })
      if (!isInTheDark) log('The relay cannot tell whether it is its turn', { error: trouble })
      isInTheDark = true
      return undefined
    }
  }

  const stopped = (async () => {
    while (!signal.aborted) {
      const lease = await takeOffice()
      if (lease === undefined) {
        await clock.sleep(RENEW_EVERY_MS, signal)
        continue
      }
      await inOffice(lease, options, (tell) => {
        status = tell
      })
      status = () => standby
    }
  })()
  return { status: () => status(), stopped }
}

/** One term: from the checkpoint on until the signal, or until somebody else has the lease. */
const inOffice = async (
  lease: Lease,
  options: RelayOptions,
  report: (tell: () => RelayStatus) => void,
): Promise<void> => {
  const { store, readStore, commands, clock, random, log } = options
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  let isOutage = false
  const outbox = openOutbox({
    kafka: options.kafka(),
    clock,
    signal,
    random,
    onSent: (messages) => options.onSent?.(messages),
    onFailure: (error) => {
      options.onFailure?.()
      if (isOutage) return
      isOutage = true
      log('Kafka cannot be reached; the relay goes on trying', { error: String(error) }, 'error')
    },
    onRecovery: (lastedMs) => {
      isOutage = false
      log('Kafka is reached again', { lastedMs }, 'info')
    },
  })
  const { process, oldestOpenMs } = relaying({
    store,
    outbox,
    topics: options.topics,
    source: options.source,
  })
  const running = startProcess(process, { store, readStore, commands, clock, signal, log })
  report(() => ({
    state: 'active',
    kafka: outbox.condition(),
    process: running.status(),
    oldestOpenMs: oldestOpenMs(),
  }))

  await keep(lease, clock, signal, log)
  ending.abort()
  await Promise.all([running.stopped, outbox.stopped])
  // It may be that nobody can be told; then the next one waits until we have been silent for long enough.
  await lease.release().catch(() => {})
}

/**
 * Resolves when the lease is somebody else's, or the signal says so. While the read store is away nobody can take it, so
 * the relay goes on: what it sends then may be sent again later.
 */
const keep = async (
  lease: Lease,
  clock: Clock,
  signal: AbortSignal,
  log: RelayOptions['log'],
): Promise<void> => {
  for (;;) {
    await clock.sleep(RENEW_EVERY_MS, signal)
    if (signal.aborted) return
    const isOurs = await lease.renew().catch(() => true)
    if (isOurs) continue
    log('Another process relays now', {}, 'warn')
    return
  }
}
