import { describe, expect, it } from 'vitest'
import { oneTabAtATime } from './one-tab.ts'

const PATIENCE_MS = 5_000

/** Work that ends when it is told to. */
const lasting = () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const begun = Promise.withResolvers<undefined>()
  return {
    begun: begun.promise,
    end: () => {
      resolve(undefined)
    },
    work: async () => {
      begun.resolve(undefined)
      await promise
    },
  }
}

describe('one tab at a time', () => {
  it('does the second work only after the first', async () => {
    const done: string[] = []
    const { begun, end, work } = lasting()
    const first = oneTabAtATime('turns', PATIENCE_MS, async () => {
      await work()
      done.push('first')
    })
    await begun
    const second = oneTabAtATime('turns', PATIENCE_MS, async () => {
      done.push('second')
      await Promise.resolve()
    })
    end()
    await Promise.all([first, second])
    expect(done).toEqual(['first', 'second'])
  })

  it('does the work all the same when its turn does not come', async () => {
    const { begun, end, work } = lasting()
    const first = oneTabAtATime('patience', PATIENCE_MS, work)
    await begun
    let isDone = false
    await oneTabAtATime('patience', 1, async () => {
      isDone = true
      await Promise.resolve()
    })
    expect(isDone).toBe(true)
    end()
    await first
  })

  it('hands on what the work failed with, and does it once', async () => {
    let times = 0
    const failing = oneTabAtATime('failing', PATIENCE_MS, async () => {
      times += 1
      await Promise.reject(new Error('no shop'))
    })
    await expect(failing).rejects.toThrow('no shop')
    expect(times).toBe(1)
  })
})
