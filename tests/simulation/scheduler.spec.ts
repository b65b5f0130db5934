import { describe, expect, it } from 'vitest'
import { startHost } from './host.ts'
import { randomness } from './randomness.ts'
import { scheduler as schedulerFrom } from './scheduler.ts'

const orderOf = async (seed: number): Promise<string> => {
  const scheduler = schedulerFrom(0, randomness(seed))
  const happened: string[] = []
  for (const name of 'abcdef') scheduler.after(5, () => happened.push(name))
  scheduler.after(1, () => happened.push('first'))
  await scheduler.run(10)
  return happened.join(' ')
}

const hostIn = (scheduler: ReturnType<typeof schedulerFrom>) =>
  startHost({ name: 'host', scheduler, random: randomness(1), skewMs: 0, onCall: () => {}, saw: () => {} })

describe('the order of things', () => {
  it('is by time, and the seed decides what happens at once', async () => {
    const orders = await Promise.all([1, 2, 3, 4].map(orderOf))
    expect(new Set(orders).size).toBeGreaterThan(1)
    for (const order of orders) expect(order).toMatch(/^first /)
    expect(await orderOf(1)).toBe(orders[0])
  })

  it('is not affected by how many promises a step leads to', async () => {
    const scheduler = schedulerFrom(0, randomness(1))
    const happened: string[] = []
    scheduler.after(1, () => {
      void (async () => {
        for (let nth = 0; nth < 50; nth += 1) await Promise.resolve()
        happened.push('settled')
      })()
    })
    scheduler.after(2, () => happened.push('next'))
    await scheduler.run(10)
    expect(happened).toStrictEqual(['settled', 'next'])
  })

  it('ends the run with what a step throws', async () => {
    const scheduler = schedulerFrom(0, randomness(1))
    scheduler.after(1, () => {
      throw new Error('broken')
    })
    await expect(scheduler.run(10)).rejects.toThrow('broken')
  })
})

describe('a host', () => {
  it('that is killed never hears an answer, and its request arrives all the same', async () => {
    const scheduler = schedulerFrom(0, randomness(1))
    const host = hostIn(scheduler)
    const happened: string[] = []
    void host
      .call(5, 5, async () => {
        happened.push('arrived')
      })
      .then(() => happened.push('answered'))
    scheduler.after(2, host.kill)
    await scheduler.run(100)
    expect(happened).toStrictEqual(['arrived'])
  })

  it('that is killed does not wake from its sleep', async () => {
    const scheduler = schedulerFrom(0, randomness(1))
    const host = hostIn(scheduler)
    let isAwake = false
    void host.clock.sleep(10).then(() => {
      isAwake = true
    })
    scheduler.after(2, host.kill)
    await scheduler.run(100)
    expect(isAwake).toBe(false)
  })
})
