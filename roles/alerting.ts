import type { Registry } from 'prom-client'
import type { ReadinessPart } from '#api/dependencies.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { INCONSISTENCY_RULES } from '#domain/inconsistency/rules.ts'
import type { Config } from '#platform/config/config.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { measureAlerts } from '#platform/telemetry/alerts.ts'
import { startAlerting, type AlertingOptions } from '#processmanagers/alerting/alerting.ts'
import { inconsistencyQueries } from '#projections/inconsistency/queries.ts'

/** How long a state may last before a person is told, as configured. */
export const alertThresholds = (config: Config): Thresholds => ({
  unpaidSuccessMs: config.ALERT_UNPAID_SUCCESS_AFTER_MS,
  unfundedOrderMs: config.ALERT_UNFUNDED_ORDER_AFTER_MS,
  unknownPaymentMs: config.ALERT_UNKNOWN_PAYMENT_AFTER_MS,
  stuckRefundMs: config.ALERT_STUCK_REFUND_AFTER_MS,
  refusedCredentialsMs: config.ALERT_REFUSED_CREDENTIALS_AFTER_MS,
})

export interface ShopAlertingOptions extends Omit<AlertingOptions, 'cases' | 'thresholds' | 'everyMs'> {
  readonly config: Config
  /** What queries read. */
  readonly readStore: ReadStore
  readonly registry: Registry
}

export interface ShopAlerting {
  readonly readiness: () => ReadinessPart
  readonly stopped: Promise<void>
}

/** Alerting as configured, on the read model of this shop, measured. */
export const startShopAlerting = ({
  config,
  readStore,
  registry,
  ...options
}: ShopAlertingOptions): ShopAlerting => {
  let openOf: (rule: string) => number = () => 0
  const measured = measureAlerts(registry, () =>
    INCONSISTENCY_RULES.map(({ id: rule, severity }) => ({ rule, severity, open: openOf(rule) })),
  )
  const alerting = startAlerting({
    ...options,
    cases: inconsistencyQueries(readStore),
    thresholds: alertThresholds(config),
    everyMs: config.ALERT_CHECK_EVERY_MS,
    onRaised: ({ id: rule, severity }) => {
      measured.raised({ rule, severity })
    },
  })
  openOf = (rule) => alerting.status().openAlerts.find((one) => one.rule.id === rule)?.open ?? 0
  return {
    stopped: alerting.stopped,
    readiness: () => {
      const { name, connected, caughtUp, trouble } = alerting.status()
      return {
        name: `process ${name}`,
        ok: connected && caughtUp,
        ...(trouble === undefined ? {} : { detail: trouble }),
      }
    },
  }
}
