import { describe, expect, it } from 'vitest'
import type { RelayStatus } from '#relay/relay.ts'
import { readinessOf } from './relay.ts'

type Active = Extract<RelayStatus, { state: 'active' }>
const active = (changes: Partial<Active> = {}): Active => ({
  state: 'active',
  kafka: { isReached: true },
  oldestOpenMs: undefined,
  process: {
    name: 'relay',
    connected: true,
    caughtUp: true,
    position: 7,
    queued: 0,
    openDeadlines: 0,
    parkedKeys: 0,
  },
  ...changes,
})

describe('the relay in readiness', () => {
  it.each<[string, RelayStatus, object]>([
    ['green while it sends', active(), { ok: true }],
    ['green on standby', { state: 'standby' }, { ok: true, detail: 'standby: another process relays' }],
    ['red before Kafka has answered', active({ kafka: { isReached: false } }), { ok: false }],
    [
      'red since when Kafka does not answer',
      active({ kafka: { isReached: true, failing: { sinceMs: 0, reason: 'no route' } } }),
      { ok: false, detail: 'Kafka unreachable since 1970-01-01T00:00:00.000Z: no route' },
    ],
    [
      'red while it cannot tell whose turn it is',
      { state: 'standby', trouble: 'read store away' },
      { ok: false, detail: 'read store away' },
    ],
    [
      'green with what is put aside',
      active({ process: { ...active().process, parkedKeys: 2 } }),
      { ok: true, detail: '2 parked' },
    ],
    ['red while it catches up', active({ process: { ...active().process, caughtUp: false } }), { ok: false }],
  ])('is %s', (_name, status, expected) => {
    expect(readinessOf(status)).toEqual({ name: 'relay', isAside: true, ...expected })
  })
})
