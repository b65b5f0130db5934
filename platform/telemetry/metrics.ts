import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * What the shop counts. Labels are route patterns, verdicts and codes: never an id, an address or anything of a person,
 * which would also let the number of series grow without bound.
 */
export interface Metrics {
  readonly registry: Registry
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>
  readonly ordersPlaced: Counter<'outcome'>
  readonly webhooks: Counter<'verdict'>
  readonly webhookDuration: Histogram<'verdict'>
  readonly sockets: Gauge
  readonly confirmations: Counter<'source' | 'verdict'>
  /** Told when an order becomes PAID by a command of this process, and never by a replay. */
  readonly completedToPaid: Histogram<'source'>
}

/** From a webhook's quarter of a second over the ladder's ten seconds to the minute that is promised, and beyond. */
const PAID_SECONDS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 12.5, 15, 20, 30, 45, 60, 90, 120, 300, 900, 3_600]
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** One registry per process; Node's own figures, event-loop lag among them, are collected when it is scraped. */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    httpDuration: new Histogram({
      name: 'kessai_http_request_duration_seconds',
      help: 'Time from a request to its reply.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    ordersPlaced: new Counter({
      name: 'kessai_orders_placed_total',
      help: 'Requests to place an order, by outcome: placed, repeated, or the code of the problem.',
      labelNames: ['outcome'],
      registers,
    }),
    webhooks: new Counter({
      name: 'kessai_webhooks_total',
      help: 'Webhook deliveries: stored, repeated, inbox-full, unknown-payment, no-payment, unreadable, bad-signature, unavailable.',
      labelNames: ['verdict'],
      registers,
    }),
    webhookDuration: new Histogram({
      name: 'kessai_webhook_duration_seconds',
      help: 'Time from a delivery to its answer; the provider gives up after 1.5 seconds.',
      labelNames: ['verdict'],
      buckets: SECONDS,
      registers,
    }),
    sockets: new Gauge({
      name: 'kessai_order_sockets',
      help: 'Open WebSocket connections that watch an order.',
      registers,
    }),
    confirmations: new Counter({
      name: 'kessai_confirmations_total',
      help: 'Answers of the provider about an attempt, by who asked. A rising share of polls means broken webhooks.',
      labelNames: ['source', 'verdict'],
      registers,
    }),
    completedToPaid: new Histogram({
      name: 'kessai_payment_completed_to_paid_seconds',
      help: "Time from the provider's acceptance of the money, told in whole seconds and so up to one too long, to PAID.",
      labelNames: ['source'],
      buckets: PAID_SECONDS,
      registers,
    }),
  }
}
