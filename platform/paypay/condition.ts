import type { CircuitState } from './circuit-breaker.ts'
import { CLOCK_SKEW_ALARM_MS } from './clock-skew.ts'

/** How we stand with the provider at this moment, for readiness, metrics and operators. */
export interface ProviderCondition {
  circuit: CircuitState
  /** Calls wait until then because the provider asked for a pause; in the past when it did not. */
  heldUntilMs: number
  /** Calls in our own queue. */
  waiting: number
  /** How far PayPay's clock is ahead of ours by its latest answer; undefined before the first. */
  clockSkewMs: number | undefined
}

/**
 * The condition as one part of a readiness report; its detail tells of a circuit that is not closed and of clocks that
 * drift apart, and PayPay stops accepting our requests at two minutes. It is always `ok`: every instance sees the same
 * outage, and a shop taken out of rotation could neither show its catalogue nor tell buyers to wait.
 */
export function readinessOf(condition: ProviderCondition): { name: 'paypay'; ok: true; detail?: string } {
  const { circuit, clockSkewMs = 0 } = condition
  const troubles = [
    ...(circuit.kind === 'closed' ? [] : [`circuit ${circuit.kind} after ${circuit.because}`]),
    ...(Math.abs(clockSkewMs) < CLOCK_SKEW_ALARM_MS
      ? []
      : [
          `its clock is ${Math.round(Math.abs(clockSkewMs) / 1000)} s ${clockSkewMs > 0 ? 'ahead' : 'behind'}`,
        ]),
  ]
  return { name: 'paypay', ok: true, ...(troubles.length === 0 ? {} : { detail: troubles.join('; ') }) }
}
