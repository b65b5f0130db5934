import { Counter, type Registry } from 'prom-client'

const NAME = 'kessai_webhook_surprises_total'

/** Counts words in deliveries that nobody here knows, so that a provider that changes its words is noticed. */
export const surpriseCounter = (registry: Registry): Counter => {
  const known = registry.getSingleMetric(NAME)
  if (known instanceof Counter) return known
  return new Counter({
    name: NAME,
    help: 'Webhook deliveries with a word nobody here knows: unknown-type, unknown-state. The provider may have changed.',
    labelNames: ['surprise'],
    registers: [registry],
  })
}
