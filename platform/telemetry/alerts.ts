import { Counter, Gauge, type Registry } from 'prom-client'

export interface AlertLabels {
  readonly rule: string
  readonly severity: string
}

export interface AlertsMeasured {
  /** This process raised one. */
  readonly raised: (labels: AlertLabels) => void
}

/**
 * `kessai_alerts_open{rule,severity}`, read when it is scraped, and `kessai_alerts_raised_total{rule,severity}`. Every rule is
 * reported from the start with zero, so that the first alert shows as a change.
 */
export const measureAlerts = (
  registry: Registry,
  open: () => readonly (AlertLabels & { readonly open: number })[],
): AlertsMeasured => {
  const labelNames = ['rule', 'severity'] as const
  const raised = new Counter({
    name: 'kessai_alerts_raised_total',
    help: 'Alerts that this process raised.',
    labelNames,
    registers: [registry],
  })
  for (const { rule, severity } of open()) raised.inc({ rule, severity }, 0)
  const gauge = new Gauge({
    name: 'kessai_alerts_open',
    help: 'Alerts that are not resolved, as alerting last saw them; each of its instances says the same.',
    labelNames,
    registers: [registry],
    collect: () => {
      for (const one of open()) gauge.set({ rule: one.rule, severity: one.severity }, one.open)
    },
  })
  return {
    raised: ({ rule, severity }) => {
      raised.inc({ rule, severity })
    },
  }
}
