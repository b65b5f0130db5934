import { describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { emptyReadStore, PATIENCE_MS } from './empty-read-store.ts'
import { orderSummary } from './order-summary/projection.ts'
import { products } from './products/projection.ts'
import { positionWait } from './wait.ts'

describe('waiting for a position', () => {
  it('asks the projections where they run in this process', async () => {
    const asked: unknown[] = []
    const wait = positionWait({
      readStore: emptyReadStore(),
      projections: [products],
      clock: systemClock,
      running: {
        waitFor: async (...question) => {
          asked.push(question)
          return true
        },
      },
    })
    expect(await wait(7, 100)).toBe(true)
    expect(asked).toStrictEqual([[7, 100]])
  })

  it('elsewhere looks at the stored checkpoints until all have reached it', async () => {
    const readStore = emptyReadStore()
    const wait = positionWait({ readStore, projections: [products, orderSummary], clock: systemClock })
    await readStore.commit({ writes: [], checkpoint: { name: 'products@1', position: 9 } })
    expect(await wait(7, 0)).toBe(false)
    const waiting = wait(7, PATIENCE_MS)
    await readStore.commit({ writes: [], checkpoint: { name: 'order-summary@3', position: 7 } })
    expect(await waiting).toBe(true)
  })

  it('gives up when the time is up, having looked every 20 ms', async () => {
    const readStore = emptyReadStore()
    let looks = 0
    const clock = manualClock(0)
    const wait = positionWait({
      readStore: {
        ...readStore,
        checkpoint: async () => {
          looks += 1
          return 3
        },
      },
      projections: [products],
      clock,
    })
    const waiting = wait(7, 50)
    await clock.advance(50)
    expect(await waiting).toBe(false)
    expect(looks).toBe(4)
  })
})
