import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { EventStoreObserver } from '../eventstore/observer.ts'
import type { SubscriptionStatus } from '../eventstore/port.ts'

/** What is known of the event store's edge, for `/metrics` and for readiness. */
export interface EventStoreWatch {
  readonly observer: EventStoreObserver
  /** Of the subscriptions there are now, each as it was last told, by name. */
  readonly subscriptions: () => readonly SubscriptionStatus[]
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Counts into the registry and warns of what is repeated, dropped or rebuilt. Labels are outcomes and names of
 * subscriptions: never a stream, whose name holds an id.
 */
export const watchEventStore = (
  registry: Registry,
  warn: (facts: object, message: string) => void,
): EventStoreWatch => {
  const registers = [registry]
  const appends = new Histogram({
    name: 'kessai_event_store_append_duration_seconds',
    help: 'Time from an append to its outcome, repeats included: appended, conflict, refused, or unavailable (unknown).',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  })
  const retries = new Counter({
    name: 'kessai_event_store_append_retries_total',
    help: 'Appends repeated because their outcome was unknown.',
    registers,
  })
  const conflicts = new Counter({
    name: 'kessai_event_store_conflicts_total',
    help: 'Appends that found somebody else had written first.',
    registers,
  })
  const unavailable = new Counter({
    name: 'kessai_event_store_unavailable_total',
    help: 'Calls given up because the event store did not answer: append, read, keep-only.',
    labelNames: ['call'],
    registers,
  })
  const rebuilds = new Counter({
    name: 'kessai_event_store_client_rebuilds_total',
    help: 'Clients thrown away because nothing they asked was answered.',
    registers,
  })
  const connected = new Gauge({
    name: 'kessai_subscription_connected',
    help: 'Whether the subscription hears the log: 1 or 0.',
    labelNames: ['subscription'],
    registers,
  })
  const caughtUp = new Gauge({
    name: 'kessai_subscription_caught_up',
    help: 'Whether the subscription has handed over all that the log holds: 1 or 0.',
    labelNames: ['subscription'],
    registers,
  })
  const restarts = new Counter({
    name: 'kessai_subscription_restarts_total',
    help: 'How often the subscription was dropped and opened again.',
    labelNames: ['subscription'],
    registers,
  })

  const known = new Map<string, SubscriptionStatus>()
  return {
    subscriptions: () => [...known.values()],
    observer: {
      append: (outcome, durationMs) => {
        appends.observe({ outcome }, durationMs / 1_000)
        if (outcome === 'conflict') conflicts.inc()
        if (outcome === 'unavailable') unavailable.inc({ call: 'append' })
      },
      retry: (stream, error) => {
        retries.inc()
        warn({ stream, error: String(error) }, 'An append is repeated: its outcome is unknown')
      },
      unavailable: (call) => unavailable.inc({ call }),
      rebuild: (count) => {
        rebuilds.inc()
        warn({ rebuilds: count }, 'The event store client answered nothing and is replaced')
      },
      subscription: (status) => {
        const labels = { subscription: status.name }
        connected.set(labels, status.connected ? 1 : 0)
        caughtUp.set(labels, status.caughtUp ? 1 : 0)
        // Counted anew by each life of its consumer, so that only the growth is taken over.
        restarts.inc(labels, Math.max(0, status.restarts - (known.get(status.name)?.restarts ?? 0)))
        known.set(status.name, status)
        if (status.trouble !== undefined)
          warn(
            { subscription: status.name, error: status.trouble },
            'A subscription was dropped and is opened again',
          )
      },
      subscriptionEnded: (name) => {
        known.delete(name)
        connected.set({ subscription: name }, 0)
        caughtUp.set({ subscription: name }, 0)
      },
    },
  }
}
