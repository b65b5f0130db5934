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
}

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
      help: 'Webhook deliveries: stored, repeated, unknown-payment, unavailable.',
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
  }
}
