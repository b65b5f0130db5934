import { Gauge, type Registry } from 'prom-client'

/** How many cases one reader of the log has put aside. */
export interface ParkedCount {
  readonly kind: 'process' | 'projection'
  /** `checkout`, `order-summary@3`. */
  readonly name: string
  readonly keys: number
}

/**
 * `kessai_parked_keys{kind,name}`, read when it is scraped. Zero is reported too, so that an alert on more than zero
 * ends when the last case is released.
 */
export const measureParkedKeys = (registry: Registry, counts: () => readonly ParkedCount[]): void => {
  const gauge = new Gauge({
    name: 'kessai_parked_keys',
    help: 'Orders, payments or products that stand still until a person or a newer version sees to them.',
    labelNames: ['kind', 'name'],
    registers: [registry],
    collect: () => {
      gauge.reset()
      for (const { kind, name, keys } of counts()) gauge.set({ kind, name }, keys)
    },
  })
}
