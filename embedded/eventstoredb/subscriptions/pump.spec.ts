import * as fc from 'fast-check'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CAUGHT_UP, FELL_BEHIND } from '../wire/frames.ts'
import type { Pump, Sink } from './pump.ts'
import { startPump } from './pump.ts'
import type { Source } from './source.ts'

/** A log of numbers, a source that hands them out in pages of two, and a sink with room for `room` frames. */
const rig = (room = Number.POSITIVE_INFINITY) => {
  const log: number[] = []
  const got: string[] = []
  let at = 0
  let unread = 0
  let drained: (() => void) | undefined
  const source: Source = {
    next: () => {
      const page = log.slice(at, at + 2)
      at += page.length
      const frames = page.map((number) => Buffer.from(String(number)))
      return { kind: 'messages', frames, isLast: at >= log.length, isLive: true }
    },
    onLive: () => [],
  }
  const sink: Sink = {
    write: (frame) => {
      unread += 1
      got.push(frame === CAUGHT_UP ? 'caught-up' : frame === FELL_BEHIND ? 'fell-behind' : String(frame))
    },
    isFull: () => unread >= room,
    onceDrained: (callback) => {
      drained = callback
    },
    streamDeleted: () => undefined,
  }
  const drain = (): void => {
    unread = 0
    const callback = drained
    drained = undefined
    callback?.()
  }
  let pump: Pump | undefined
  const commit = (): void => {
    log.push(log.length)
    pump?.wake()
  }
  const start = (): void => {
    pump = startPump(source, sink)
  }
  const numbers = (): string[] => got.filter((one) => /^\d+$/.test(one))
  return { log, got, numbers, drain, commit, start, stop: () => pump?.stop() }
}

const upTo = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))

describe('the pump of a subscription', () => {
  it('hears a commit that comes right after it has looked for the last time', async () => {
    const { commit, start, numbers } = rig()
    commit()
    start()
    commit()
    await nextTurn()
    await nextTurn()
    expect(numbers()).toEqual(upTo(2))
  })

  it('loses and doubles nothing, whenever commits and room come', async () => {
    const step = fc.constantFrom('commit', 'turn', 'tick', 'drain')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat({ max: 6 }), async (steps, before) => {
        const { log, numbers, drain, commit, start, stop } = rig(3)
        for (let index = 0; index < before; index += 1) commit()
        start()
        for (const step of steps) {
          if (step === 'commit') commit()
          else if (step === 'drain') drain()
          else if (step === 'turn') await nextTurn()
          else await Promise.resolve()
        }
        // With room at last everything must arrive without another commit.
        for (let turn = 0; turn < 60; turn += 1) {
          drain()
          await nextTurn()
        }
        expect(numbers()).toEqual(upTo(log.length))
        stop()
      }),
      { numRuns: 60 },
    )
  })

  it('says caught-up behind the last event that was there, and once', async () => {
    const { commit, start, got } = rig()
    for (let index = 0; index < 5; index += 1) commit()
    start()
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    commit()
    expect(got).toEqual([...upTo(5), 'caught-up', '5'])
  })

  it('reads no further while its reader takes nothing', async () => {
    const { commit, start, drain, numbers } = rig(2)
    for (let index = 0; index < 20; index += 1) commit()
    start()
    for (let turn = 0; turn < 10; turn += 1) await nextTurn()
    expect(numbers()).toEqual(upTo(2))
    drain()
    for (let turn = 0; turn < 10; turn += 1) await nextTurn()
    expect(numbers()).toEqual(upTo(4))
  })

  it('is silent once stopped', async () => {
    const { commit, start, stop, numbers } = rig()
    commit()
    start()
    stop()
    commit()
    await nextTurn()
    expect(numbers()).toEqual(upTo(1))
  })
})
