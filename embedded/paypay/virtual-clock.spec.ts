import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

const at = (initialMs: number) => {
  let realMs = initialMs
  const clock = createVirtualClock(() => realMs)
  return { clock, passes: (ms: number) => (realMs += ms) }
}

describe('the virtual clock', () => {
  it('runs with the real one, ahead of it after an advance', () => {
    const { clock, passes } = at(1_000)
    clock.advance(500)
    passes(20)
    expect(clock.nowMs()).toBe(1_520)
  })

  it('stands still when frozen, moves by advances, and runs on from there', () => {
    const { clock, passes } = at(1_000)
    clock.freeze()
    passes(100)
    clock.advance(7)
    expect(clock.nowMs()).toBe(1_007)
    clock.resume()
    passes(3)
    expect(clock.nowMs()).toBe(1_010)
  })

  it('continues from a remembered state', () => {
    expect(createVirtualClock(() => 5, { offsetMs: 10, frozenAtMs: null }).nowMs()).toBe(15)
    expect(createVirtualClock(() => 5, { offsetMs: 10, frozenAtMs: 3 }).nowMs()).toBe(3)
  })

  it('calls whoever is due when it advances, in due order, once', () => {
    const { clock } = at(1_000)
    const called: string[] = []
    clock.freeze()
    clock.timer(3 * 86_400_000, () => called.push('in three days'))
    clock.timer(5, () => called.push('soon'))
    const cancel = clock.timer(6, () => called.push('never'))
    cancel()
    clock.advance(4)
    expect(called).toEqual([])
    clock.advance(3 * 86_400_000)
    clock.advance(1)
    expect(called).toEqual(['soon', 'in three days'])
  })

  it('calls by itself while it runs, and not while it stands still', async () => {
    const clock = createVirtualClock(() => Date.now())
    clock.freeze()
    let called = 0
    clock.timer(20, () => (called += 1))
    await new Promise((resolve) => clock.timer(0, () => resolve(undefined)))
    expect(called).toBe(0)
    clock.resume()
    await expect.poll(() => called).toBe(1)
  })

  it('goes back to real time', () => {
    const { clock } = at(1_000)
    clock.freeze(5)
    clock.reset()
    expect(clock.nowMs()).toBe(1_000)
  })
})
