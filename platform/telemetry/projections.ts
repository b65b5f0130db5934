import { Gauge, type Registry } from 'prom-client'

/** How far one read model is behind the log. */
export interface ProjectionLag {
  /** `order-summary@3`. */
  readonly name: string
  readonly caughtUp: boolean
  /** Absent while nothing is known yet. */
  readonly lagMs?: number
}

/**
 * `kessai_projection_lag_seconds{name}` and `kessai_projection_caught_up{name}`, read when they are scraped. A read model
 * whose lag is not known yet has no lag there, and is not caught up.
 */
export const measureProjections = (registry: Registry, projections: () => readonly ProjectionLag[]): void => {
  const lag = new Gauge({
    name: 'kessai_projection_lag_seconds',
    help: 'Now less the time of the newest event that is in the read model; zero when it has caught up.',
    labelNames: ['name'],
    registers: [registry],
    collect: () => {
      lag.reset()
      for (const { name, lagMs } of projections()) if (lagMs !== undefined) lag.set({ name }, lagMs / 1_000)
    },
  })
  const caughtUp = new Gauge({
    name: 'kessai_projection_caught_up',
    help: '1 when everything that was in the log is in the read model.',
    labelNames: ['name'],
    registers: [registry],
    collect: () => {
      caughtUp.reset()
      for (const { name, caughtUp: isCaughtUp } of projections()) caughtUp.set({ name }, isCaughtUp ? 1 : 0)
    },
  })
}
