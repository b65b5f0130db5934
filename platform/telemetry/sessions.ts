import { Counter, Gauge, type Registry } from 'prom-client'

/** `kessai_sessions_*`; they exist only where sessions are in Redis. The gauge is read when it is scraped. */
export const measureSessions = (registry: Registry, isUp: () => boolean): { readonly failures: Counter } => {
  const registers = [registry]
  const up = new Gauge({
    name: 'kessai_sessions_redis_up',
    help: '0 while Redis does not answer this process: nobody can be told to be signed in.',
    registers,
    collect: () => {
      up.set(isUp() ? 1 : 0)
    },
  })
  return {
    failures: new Counter({
      name: 'kessai_sessions_redis_failures_total',
      help: 'Questions to Redis that were refused, given up, or not even asked while it was away.',
      registers,
    }),
  }
}
