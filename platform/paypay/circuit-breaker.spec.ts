import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CircuitBreaker, type Evidence, createCircuitBreaker } from './circuit-breaker.ts'

const stage = (random = () => 1) => {
  let nowMs = 1_000
  const breaker = createCircuitBreaker({ nowMs: () => nowMs, random })
  return { breaker, passes: (ms: number) => (nowMs += ms), now: () => nowMs }
}
const call = (breaker: CircuitBreaker, evidence: Evidence) => breaker.admit()?.report(evidence)
const calls = (breaker: CircuitBreaker, count: number, evidence: Evidence) => {
  for (let nth = 0; nth < count; nth += 1) call(breaker, evidence)
}

describe('the circuit breaker', () => {
  it('opens on ten failures in a row, not on ten in all', () => {
    const { breaker } = stage()
    calls(breaker, 9, 'failed')
    call(breaker, 'answered')
    calls(breaker, 9, 'failed')
    expect(breaker.state()).toEqual({ kind: 'closed' })
    call(breaker, 'failed')
    expect(breaker.state()).toMatchObject({ kind: 'open', because: 'failures' })
    expect(breaker.admit()).toBeUndefined()
  })

  it('does not open for a provider that hangs for some and answers others meanwhile', () => {
    const { breaker } = stage()
    const hung = Array.from({ length: 50 }, () => breaker.admit())
    calls(breaker, 1, 'answered')
    for (const ticket of hung) ticket?.report('failed')
    expect(breaker.state()).toEqual({ kind: 'closed' })
    calls(breaker, 10, 'failed')
    expect(breaker.state().kind).toBe('open')
  })

  it('opens on the first refusal of our credentials', () => {
    const { breaker } = stage()
    call(breaker, 'unauthorized')
    expect(breaker.state()).toEqual({
      kind: 'open',
      because: 'unauthorized',
      sinceMs: 1_000,
      retryAtMs: 2_000,
    })
  })

  it('is not moved by what shows nothing', () => {
    const { breaker } = stage()
    calls(breaker, 9, 'failed')
    calls(breaker, 50, 'none')
    expect(breaker.state()).toEqual({ kind: 'closed' })
    call(breaker, 'failed')
    expect(breaker.state().kind).toBe('open')
  })

  it('lets one probe through after its pause, and closes by itself when that is answered', () => {
    const { breaker, passes } = stage()
    calls(breaker, 10, 'failed')
    passes(999)
    expect(breaker.admit()).toBeUndefined()
    passes(1)
    const probe = breaker.admit()
    expect(probe).toBeDefined()
    expect(breaker.state().kind).toBe('half-open')
    expect(breaker.admit()).toBeUndefined()
    probe?.report('answered')
    expect(breaker.state()).toEqual({ kind: 'closed' })
  })

  it('doubles its pause with each probe that fails, up to half a minute, and remembers since when', () => {
    const { breaker, passes, now } = stage()
    calls(breaker, 10, 'failed')
    const pauses = []
    for (let nth = 0; nth < 7; nth += 1) {
      const state = breaker.state()
      if (state.kind !== 'open') throw new Error(state.kind)
      expect(state.sinceMs).toBe(1_000)
      pauses.push(state.retryAtMs - now())
      passes(state.retryAtMs - now())
      call(breaker, 'failed')
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('jitters its pause downwards by up to half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const { breaker, now } = stage(() => chance)
        call(breaker, 'unauthorized')
        const state = breaker.state()
        if (state.kind !== 'open') throw new Error(state.kind)
        expect(state.retryAtMs - now()).toBeGreaterThanOrEqual(500)
        expect(state.retryAtMs - now()).toBeLessThanOrEqual(1_000)
      }),
    )
  })

  it('learns nothing from a call that began before it changed', () => {
    const { breaker, passes } = stage()
    const slow = [breaker.admit(), breaker.admit()]
    calls(breaker, 10, 'failed')
    slow[0]?.report('answered')
    expect(breaker.state().kind).toBe('open')
    passes(1_000)
    call(breaker, 'answered')
    slow[1]?.report('unauthorized')
    expect(breaker.state()).toEqual({ kind: 'closed' })
  })

  it('always lets somebody through again within half a minute, whatever the calls show', () => {
    const evidence = fc.constantFrom<Evidence>('answered', 'failed', 'unauthorized', 'none')
    fc.assert(
      fc.property(fc.array(fc.tuple(evidence, fc.nat(20_000)), { maxLength: 60 }), (acts) => {
        const { breaker, passes } = stage()
        for (const [shown, ms] of acts) {
          call(breaker, shown)
          passes(ms)
        }
        passes(30_000)
        expect(breaker.admit()).toBeDefined()
      }),
    )
  })
})
