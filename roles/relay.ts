import type { Registry } from 'prom-client'
import type { Logger } from 'pino'
import type { ReadinessPart } from '#api/dependencies.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import type { ParkedCount } from '#platform/telemetry/parked-keys.ts'
import { measureRelay, type RelayGauges } from '#platform/telemetry/relay.ts'
import type { RelayOptions, RelayStatus } from '#relay/relay.ts'
import type { Topic } from '#relay/publication.ts'

export interface OpenRelayOptions extends Pick<
  RelayOptions,
  'store' | 'readStore' | 'commands' | 'clock' | 'signal' | 'log' | 'holder'
> {
  readonly config: Config
  readonly logger: Logger
  readonly registry: Registry
}

export interface OpenedRelay {
  readonly readiness: () => readonly ReadinessPart[]
  readonly parkedCounts: () => readonly ParkedCount[]
  readonly stopped: Promise<void>
}

/** The relay as it is configured; undefined without brokers, and then nothing of Kafka is even loaded. */
export const openRelay = async (options: OpenRelayOptions): Promise<OpenedRelay | undefined> => {
  const { config, logger, registry, clock, readStore } = options
  const brokers = config.KAFKA_BROKERS
  if (brokers === undefined) return undefined
  const [{ connectKafka }, { startRelay, RELAY_COLLECTIONS }] = await Promise.all([
    import('#platform/kafka/client.ts'),
    import('#relay/relay.ts'),
  ])
  await readStore.prepare(RELAY_COLLECTIONS)
  const topics: Readonly<Record<Topic, string>> = {
    orders: config.KAFKA_TOPIC_ORDERS,
    payments: config.KAFKA_TOPIC_PAYMENTS,
    alerts: config.KAFKA_TOPIC_ALERTS,
  }
  const counters = measureRelay(registry, () => gaugesOf(relay.status(), clock))
  const relay = startRelay({
    ...options,
    random: Math.random,
    topics,
    source: config.publicUrl,
    kafka: () =>
      connectKafka({
        brokers,
        ssl: config.KAFKA_SSL,
        ...saslOf(config),
        topics: Object.values(topics),
        layout: layoutOf(config),
        clock,
        logger,
      }),
    onSent: (messages) => {
      for (const { topic } of messages) counters.sent.inc({ topic })
    },
    onFailure: () => {
      counters.failures.inc()
    },
  })
  return {
    readiness: () => [readinessOf(relay.status())],
    parkedCounts: () => {
      const status = relay.status()
      return status.state === 'active'
        ? [{ kind: 'process', name: status.process.name, keys: status.process.parkedKeys }]
        : []
    },
    stopped: relay.stopped,
  }
}

const saslOf = (config: Config) => {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = config
  return mechanism === undefined || username === undefined || password === undefined
    ? {}
    : { sasl: { mechanism, username, password } }
}

const layoutOf = ({ KAFKA_TOPIC_PARTITIONS: partitions, KAFKA_TOPIC_REPLICATION: replication }: Config) => ({
  partitions,
  ...(replication === undefined ? {} : { replication }),
})

const gaugesOf = (status: RelayStatus, clock: Pick<Clock, 'nowMs'>): RelayGauges => {
  if (status.state === 'standby') return { active: false, reachable: false, lagMs: 0, waiting: 0 }
  const { kafka, process, oldestOpenMs } = status
  return {
    active: true,
    reachable: kafka.isReached && kafka.failing === undefined,
    lagMs: oldestOpenMs === undefined ? 0 : Math.max(0, clock.nowMs() - oldestOpenMs),
    ...(process.position === undefined ? {} : { position: process.position }),
    waiting: process.queued,
  }
}

/**
 * The relay as one part of a readiness report. It is red when messages cannot go out, and stands aside: other systems
 * then hear later what the log keeps for them, and buyers need nothing of it.
 */
export const readinessOf = (status: RelayStatus): ReadinessPart => {
  const part = { name: 'relay', isAside: true }
  if (status.state === 'standby')
    return status.trouble === undefined
      ? { ...part, ok: true, detail: 'standby: another process relays' }
      : { ...part, ok: false, detail: status.trouble }
  const { kafka, process } = status
  if (kafka.failing !== undefined) {
    const since = new Date(kafka.failing.sinceMs).toISOString()
    return { ...part, ok: false, detail: `Kafka unreachable since ${since}: ${kafka.failing.reason}` }
  }
  const parked = process.parkedKeys === 0 ? undefined : `${process.parkedKeys} parked`
  const detail = process.trouble ?? parked
  return {
    ...part,
    ok: kafka.isReached && process.connected && process.caughtUp,
    ...(detail === undefined ? {} : { detail }),
  }
}
