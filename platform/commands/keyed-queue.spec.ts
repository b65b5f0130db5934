import { describe, expect, it } from 'vitest'
import { keyedQueue } from './keyed-queue.ts'

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

describe('the keyed queue', () => {
  it('runs the work of one key one after another, and that of others meanwhile', async () => {
    const inTurn = keyedQueue()
    const log: string[] = []
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const first = inTurn('a', async () => {
      log.push('a1 starts')
      await opened
      log.push('a1 ends')
    })
    const second = inTurn('a', async () => {
      log.push('a2')
    })
    await inTurn('b', async () => {
      log.push('b1')
    })
    await turn()
    expect(log).toEqual(['a1 starts', 'b1'])
    open()
    await Promise.all([first, second])
    expect(log).toEqual(['a1 starts', 'b1', 'a1 ends', 'a2'])
  })

  it('answers each with its own result, and goes on after a failure', async () => {
    const inTurn = keyedQueue()
    const results = await Promise.allSettled([
      inTurn('a', async () => 1),
      inTurn('a', async () => {
        throw new Error('broken')
      }),
      inTurn('a', async () => 3),
    ])
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ).toEqual([1, 'Error: broken', 3])
  })
})
