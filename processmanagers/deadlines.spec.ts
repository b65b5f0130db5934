import { describe, expect, it } from 'vitest'
import { runnerBench } from './runner-bench.ts'

const FLUSHED_MS = 500
const MINUTE_MS = 60_000

/** Sets the alarm `ring` from a Noted event: n minutes from now, or clears it for 0. */
const alarmClock = (bench: Awaited<ReturnType<typeof runnerBench>>, rung: string[]) => ({
  onEvent: async (
    { data: { n } }: { data: { n: number } },
    _: unknown,
    deadlines: { set: (name: string, dueAtMs: number) => void; clear: (name: string) => void },
  ) => {
    if (n === 0) deadlines.clear('ring')
    else deadlines.set('ring', bench.clock.nowMs() + n * MINUTE_MS)
  },
  onDeadline: async (key: string, name: string) => {
    rung.push(`${key} ${name} ${bench.clock.nowMs()}`)
  },
})

describe('the alarms of a process', () => {
  it('survive a restart and go off once', async () => {
    await using bench = await runnerBench()
    const rung: string[] = []
    const startMs = bench.clock.nowMs()
    await bench.note('a', 5)
    bench.start(alarmClock(bench, rung))
    await bench.clock.advance(FLUSHED_MS)
    await bench.halt()
    await bench.clock.advance(MINUTE_MS)
    expect(rung).toEqual([])

    bench.start(alarmClock(bench, rung))
    await bench.clock.advance(10 * MINUTE_MS)
    expect(rung).toEqual([`a ring ${startMs + 5 * MINUTE_MS}`])
    await bench.halt()
    expect(await bench.alarms()).toEqual([])
    bench.start(alarmClock(bench, rung))
    await bench.clock.advance(10 * MINUTE_MS)
    expect(rung).toHaveLength(1)
  })

  it('are there after a stop that came before the next flush', async () => {
    await using bench = await runnerBench()
    const rung: string[] = []
    await bench.note('a', 5)
    bench.start(alarmClock(bench, rung))
    await bench.clock.advance(1)
    expect(await bench.alarms()).toEqual([])
    await bench.halt()
    expect(await bench.alarms()).toHaveLength(1)
  })

  it('that were moved go off at their new time, and those that were cleared never', async () => {
    await using bench = await runnerBench()
    const rung: string[] = []
    const startMs = bench.clock.nowMs()
    bench.start(alarmClock(bench, rung))
    await bench.note('later', 2)
    await bench.note('sooner', 9)
    await bench.note('never', 2)
    await bench.clock.advance(MINUTE_MS)
    await bench.note('later', 4)
    await bench.note('sooner', 1)
    await bench.note('never', 0)
    await bench.clock.advance(20 * MINUTE_MS)
    expect(rung).toEqual([`sooner ring ${startMs + 2 * MINUTE_MS}`, `later ring ${startMs + 5 * MINUTE_MS}`])
    expect(await bench.alarms()).toEqual([])
  })

  it('do not go off any more when the event before them has cleared them', async () => {
    await using bench = await runnerBench()
    const rung: string[] = []
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const { onEvent, onDeadline } = alarmClock(bench, rung)
    bench.start({
      onEvent: async (event, recorded, deadlines) => {
        if (event.data.n === 0) await opened
        await onEvent(event, recorded, deadlines)
      },
      onDeadline,
    })
    await bench.note('a', 1)
    await bench.clock.advance(FLUSHED_MS)
    await bench.note('a', 0)
    await bench.clock.advance(2 * MINUTE_MS)
    open()
    await bench.clock.advance(FLUSHED_MS)
    expect(rung).toEqual([])
    expect(await bench.alarms()).toEqual([])
  })

  it('wait until everything is taken up that came in while nobody was there', async () => {
    await using bench = await runnerBench({
      // The log takes its time between two batches, so that an alarm would have time to go off.
      storeBetween: (store) => ({
        ...store,
        subscribe: async function* (options) {
          for await (const batch of store.subscribe(options)) {
            yield batch
            await bench.clock.sleep(10, options.signal)
          }
        },
      }),
    })
    const seen: string[] = []
    const handlers = {
      onEvent: async (
        { data: { n } }: { data: { n: number } },
        { metadata: { correlationId: key } }: { metadata: { correlationId: string } },
        deadlines: { set: (name: string, dueAtMs: number) => void },
      ) => {
        seen.push(`${key} ${n}`)
        if (n === 1) deadlines.set('ring', bench.clock.nowMs() + MINUTE_MS)
      },
      onDeadline: async (key: string) => {
        seen.push(`${key} rings`)
      },
    }
    await bench.note('a', 1)
    bench.start(handlers)
    await bench.clock.advance(FLUSHED_MS)
    await bench.halt()
    // Several batches of backlog, the last of which concerns the case whose alarm is long overdue.
    for (let n = 2; n < 12; n += 1) await bench.note('b', n)
    await bench.note('a', 12)
    await bench.clock.advance(5 * MINUTE_MS)
    bench.start(handlers)
    await bench.clock.advance(FLUSHED_MS)
    expect(seen.indexOf('a rings')).toBeGreaterThan(seen.indexOf('a 12'))
    expect(seen.filter((entry) => entry === 'a rings')).toHaveLength(1)
  })

  it('wait while the log is away, since what would have cleared them may be in it', async () => {
    await using bench = await runnerBench()
    const rung: string[] = []
    const running = bench.start(alarmClock(bench, rung))
    await bench.note('a', 1)
    await bench.clock.advance(FLUSHED_MS)
    bench.log.setAway(true)
    await bench.clock.advance(5 * MINUTE_MS)
    expect(rung).toEqual([])
    expect(running.status()).toMatchObject({ connected: false, caughtUp: false, openDeadlines: 1 })
    bench.log.setAway(false)
    await bench.clock.advance(FLUSHED_MS)
    expect(rung).toHaveLength(1)
    expect(running.status()).toMatchObject({ connected: true, caughtUp: true, openDeadlines: 0 })
  })

  it('that had gone off when the process stopped go off again', async () => {
    await using bench = await runnerBench()
    let isFailing = true
    let tries = 0
    const process = {
      ...alarmClock(bench, []),
      onDeadline: async () => {
        tries += 1
        if (isFailing) throw new Error('not yet')
      },
    }
    await bench.note('a', 1)
    bench.start(process)
    await bench.clock.advance(MINUTE_MS + 50)
    expect(tries).toBe(1)
    await bench.halt()
    expect(await bench.alarms()).toHaveLength(1)
    isFailing = false
    bench.start(process)
    await bench.clock.advance(FLUSHED_MS)
    expect(tries).toBe(2)
    expect(await bench.alarms()).toEqual([])
  })
})
