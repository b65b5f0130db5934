import { Counter, Gauge, type Registry } from 'prom-client'

/** How the relay to Kafka stands at this moment. */
export interface RelayGauges {
  /** False on standby, while another process relays. */
  readonly active: boolean
  readonly reachable: boolean
  /** Now less when the log recorded the oldest event that was read and is not in Kafka; zero when there is none. */
  readonly lagMs: number
  /** How far into the log everything is in Kafka; opaque, but it moves while there is something to send. */
  readonly position?: number
  readonly waiting: number
}

export interface RelayCounters {
  readonly sent: Counter<'topic'>
  readonly failures: Counter
}

/** `kessai_relay_*`; the gauges are read when they are scraped, and exist only where a relay is configured. */
export const measureRelay = (registry: Registry, gauges: () => RelayGauges): RelayCounters => {
  const registers = [registry]
  const gauge = (name: string, help: string, value: (now: RelayGauges) => number | undefined): void => {
    const made = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        made.reset()
        const now = value(gauges())
        if (now !== undefined) made.set(now)
      },
    })
  }
  gauge('kessai_relay_active', '1 where this process relays, 0 on standby.', ({ active }) => (active ? 1 : 0))
  gauge(
    'kessai_relay_kafka_reachable',
    '0 while the relay of this process cannot reach Kafka.',
    ({ active, reachable }) => (active ? (reachable ? 1 : 0) : undefined),
  )
  gauge(
    'kessai_relay_lag_seconds',
    'Now less the time of the oldest event that was read and is not in Kafka yet; zero when there is none.',
    ({ active, lagMs }) => (active ? lagMs / 1_000 : undefined),
  )
  gauge(
    'kessai_relay_position',
    'The place in the log up to which everything is in Kafka.',
    ({ active, position }) => (active ? position : undefined),
  )
  gauge(
    'kessai_relay_waiting_events',
    'Events that were read and are not in Kafka yet; bounded, for the log is read no further then.',
    ({ active, waiting }) => (active ? waiting : undefined),
  )
  return {
    sent: new Counter({
      name: 'kessai_relay_messages_sent_total',
      help: 'Messages that Kafka acknowledged, repeats included.',
      labelNames: ['topic'],
      registers,
    }),
    failures: new Counter({
      name: 'kessai_relay_failures_total',
      help: 'Requests to Kafka that were made again.',
      registers,
    }),
  }
}
