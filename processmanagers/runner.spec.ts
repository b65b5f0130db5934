import { describe, expect, it } from 'vitest'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { runnerBench } from './runner-bench.ts'

const FLUSHED_MS = 500

/** A door that work waits at until it is opened. */
const gate = () => {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('the process runner', () => {
  it('handles the events of one key strictly in order, and several keys at once but not more than allowed', async () => {
    await using bench = await runnerBench()
    const running = new Map<string, number>()
    const seen = new Map<string, number[]>()
    let most = 0
    for (let n = 0; n < 4; n += 1) for (const key of ['a', 'b', 'c', 'd', 'e']) await bench.note(key, n)
    bench.start({
      parallelism: 2,
      onEvent: async ({ data }, { metadata: { correlationId: key } }) => {
        expect(running.has(key)).toBe(false)
        running.set(key, data.n)
        most = Math.max(most, running.size)
        await bench.clock.sleep(data.n % 2 === 0 ? 30 : 10)
        seen.set(key, [...(seen.get(key) ?? []), data.n])
        running.delete(key)
      },
    })
    await bench.clock.advance(1_000)
    expect(most).toBe(2)
    expect(Object.fromEntries(seen)).toEqual(
      Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, [0, 1, 2, 3]])),
    )
  })

  it('keeps its checkpoint below unfinished work, and does that work after a restart', async () => {
    await using bench = await runnerBench()
    const door = gate()
    for (const [key, n] of [
      ['a', 1],
      ['slow', 2],
      ['a', 3],
      ['b', 4],
    ] as const)
      await bench.note(key, n)
    const first: number[] = []
    bench.start({
      onEvent: async ({ data }, { metadata }) => {
        if (metadata.correlationId === 'slow') await door.opened
        first.push(data.n)
      },
    })
    await bench.clock.advance(FLUSHED_MS)
    expect(new Set(first)).toEqual(new Set([1, 3, 4]))
    expect(await bench.checkpoint()).toBe(bench.log.events[0]?.position)

    // The first life never gets past the slow step while the second one runs, as if it had been killed there.
    const halting = bench.halt()
    const again: number[] = []
    const running = bench.start({
      onEvent: async ({ data }) => {
        again.push(data.n)
      },
    })
    await bench.clock.advance(FLUSHED_MS)
    expect(again).toContain(2)
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
    expect(running.status()).toMatchObject({
      name: 'noting',
      connected: true,
      caughtUp: true,
      position: bench.log.events.at(-1)?.position,
      queued: 0,
      trouble: undefined,
    })

    door.open()
    await halting
    await bench.halt()
    const third: number[] = []
    bench.start({
      onEvent: async ({ data }) => {
        third.push(data.n)
      },
    })
    await bench.clock.advance(FLUSHED_MS)
    expect(third).toEqual([])
  })

  it('moves its checkpoint past events that are none of its business', async () => {
    await using bench = await runnerBench()
    bench.start({ onEvent: async () => {} })
    await bench.note('a', 1, { type: 'SomethingElse' })
    await bench.note('a', 2, { type: 'SomethingElse' })
    await bench.clock.advance(FLUSHED_MS)
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
  })

  it('leaves events alone that belong to no case', async () => {
    await using bench = await runnerBench()
    const seen: number[] = []
    await bench.note('a', 1)
    bench.start({
      key: () => undefined,
      onEvent: async ({ data }) => {
        seen.push(data.n)
      },
    })
    await bench.clock.advance(FLUSHED_MS)
    expect(seen).toEqual([])
  })

  it('waits for an event store that is away, however long, and parks nothing', async () => {
    await using bench = await runnerBench()
    let tries = 0
    await bench.note('a', 1)
    const running = bench.start({
      onEvent: async () => {
        tries += 1
        if (tries < 20) throw new EventStoreUnavailable('away')
      },
    })
    await bench.clock.advance(30_000)
    expect(running.status()).toMatchObject({ parkedKeys: 0, trouble: expect.stringContaining('away') })
    await bench.clock.advance(300_000)
    expect(tries).toBe(20)
    expect(running.status()).toMatchObject({ parkedKeys: 0, trouble: undefined })
    expect((await bench.parked()).size).toBe(0)
  })

  it('shows that its checkpoint cannot be written, tries again, and then shows no trouble', async () => {
    let isBroken = true
    let commits = 0
    await using bench = await runnerBench({
      readStoreBetween: (readStore) => ({
        ...readStore,
        commit: async (batch) => {
          commits += 1
          if (isBroken) throw new Error('The disk is full')
          await readStore.commit(batch)
        },
      }),
    })
    await bench.note('a', 1)
    const running = bench.start({
      onEvent: async (_, __, deadlines) => {
        deadlines.set('later', bench.clock.nowMs() + 3_600_000)
      },
    })
    await bench.clock.advance(2_000)
    expect(commits).toBeGreaterThan(2)
    expect(commits).toBeLessThan(15)
    expect(running.status().trouble).toMatch(/disk is full/)
    expect(await bench.checkpoint()).toBeUndefined()

    isBroken = false
    await bench.clock.advance(FLUSHED_MS)
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
    expect(await bench.alarms()).toHaveLength(1)
    expect(running.status().trouble).toBeUndefined()
  })

  it('starts again and again while the read store cannot be read, ever more slowly', async () => {
    let failures = 0
    await using bench = await runnerBench({
      readStoreBetween: (readStore) => ({
        ...readStore,
        checkpoint: async (name) => {
          if (failures < 6) {
            failures += 1
            throw new Error('locked')
          }
          return readStore.checkpoint(name)
        },
      }),
    })
    const seen: number[] = []
    await bench.note('a', 1)
    const running = bench.start({
      onEvent: async ({ data }) => {
        seen.push(data.n)
      },
    })
    await bench.clock.advance(250)
    expect(running.status()).toMatchObject({ connected: false, trouble: 'Error: locked' })
    expect(failures).toBeLessThanOrEqual(3)
    await bench.clock.advance(30_000)
    expect(seen).toEqual([1])
    expect(running.status()).toMatchObject({ connected: true, caughtUp: true, trouble: undefined })
  })

  it('clears its trouble also while a slow key holds the checkpoint back', async () => {
    await using bench = await runnerBench()
    const door = gate()
    let failures = 0
    await bench.note('slow', 1)
    const running = bench.start({
      onEvent: async (_, { metadata }) => {
        if (metadata.correlationId === 'slow') return door.opened
        failures += 1
        if (failures < 3) throw new Error('not yet')
      },
    })
    await bench.clock.advance(FLUSHED_MS)
    await bench.note('b', 2)
    await bench.clock.advance(100)
    expect(running.status().trouble).toMatch(/not yet/)
    await bench.clock.advance(2_000)
    expect(running.status().trouble).toBeUndefined()
    door.open()
  })

  it('takes up no more than it can hold, and is never warned about listeners it left behind', async () => {
    const warnings: string[] = []
    const listen = ({ message }: Error): void => {
      warnings.push(message)
    }
    process.on('warning', listen)
    await using bench = await runnerBench()
    let failing = true
    for (let n = 0; n < 60; n += 1) await bench.note(`k${n}`, n)
    bench.start({
      parallelism: 64,
      onEvent: async () => {
        if (failing) throw new EventStoreUnavailable('away')
      },
    })
    await bench.clock.advance(60_000)
    failing = false
    await bench.clock.advance(60_000)
    await bench.halt()
    process.off('warning', listen)
    expect(warnings).toEqual([])
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
  })
})
