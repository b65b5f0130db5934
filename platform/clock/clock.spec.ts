import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'

describe('the system clock', () => {
  it('ends a sleep when the signal aborts, also one that has aborted already', async () => {
    const stopping = new AbortController()
    const sleeping = systemClock.sleep(60_000, stopping.signal)
    stopping.abort()
    await sleeping
    await systemClock.sleep(60_000, stopping.signal)
    expect(stopping.signal.aborted).toBe(true)
  })

  it('takes what is overdue or very far away without a warning or a call too soon', async () => {
    const warnings: string[] = []
    const listen = ({ name }: Error): void => {
      warnings.push(name)
    }
    process.on('warning', listen)
    let calls = 0
    const cancelFar = systemClock.timer(365 * 86_400_000, () => {
      calls += 1
    })
    const cancelled = systemClock.timer(0, () => {
      calls += 10
    })
    cancelled()
    await systemClock.sleep(-5)
    await new Promise<void>((resolve) => {
      systemClock.timer(-5, resolve)
    })
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    process.off('warning', listen)
    cancelFar()
    expect({ calls, warnings }).toEqual({ calls: 0, warnings: [] })
  })
})
