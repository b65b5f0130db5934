import { Counter, Gauge, type Registry } from 'prom-client'
import type { ProviderCondition } from './condition.ts'
import type { ProviderCall } from './guarded-calls.ts'

const CIRCUIT = { closed: 0, 'half-open': 0.5, open: 1 } as const

/**
 * Counts PayPay calls and shows its condition when scraped. Answers what is to be told of every finished call. Labels
 * are operations, outcomes and reasons, never an id.
 */
export function measurePayPay(
  registry: Registry,
  condition: () => ProviderCondition,
): (call: ProviderCall) => void {
  const registers = [registry]
  const calls = new Counter({
    name: 'kessai_paypay_calls_total',
    help: 'Attempts at PayPay calls by outcome; unknown ones by reason. Repetitions count each.',
    labelNames: ['operation', 'outcome', 'reason'],
    registers,
  })
  const gauge = (name: string, help: string, read: (now: ProviderCondition) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(condition()))
      },
    })
  gauge(
    'kessai_paypay_circuit_open',
    '1 while calls are held back, 0.5 while a probe is under way, else 0.',
    ({ circuit }) => CIRCUIT[circuit.kind],
  )
  gauge(
    'kessai_paypay_clock_skew_seconds',
    "How far PayPay's clock is ahead of ours; PayPay refuses at 120 either way.",
    ({ clockSkewMs = 0 }) => clockSkewMs / 1_000,
  )
  gauge(
    'kessai_paypay_calls_waiting',
    'Calls that wait for their turn in the request budget.',
    ({ waiting }) => waiting,
  )
  return ({ operation, outcome, reason }) => calls.inc({ operation, outcome, reason: reason ?? '' })
}
