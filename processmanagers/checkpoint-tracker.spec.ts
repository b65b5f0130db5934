import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkpointTracker } from './checkpoint-tracker.ts'

describe('the checkpoint tracker', () => {
  it('starts where it was told, and follows the log while nothing is open', () => {
    const tracker = checkpointTracker(undefined)
    expect(tracker.checkpoint()).toBeUndefined()
    tracker.reached(10)
    expect(tracker.checkpoint()).toBe(10)
    expect(checkpointTracker(7).checkpoint()).toBe(7)
  })

  it('stays below the first open event, at what was considered before it', () => {
    const tracker = checkpointTracker(5)
    tracker.reached(20)
    const end30 = tracker.begin(30)
    const end40 = tracker.begin(40)
    tracker.reached(50)
    expect(tracker.checkpoint()).toBe(20)
    end40()
    expect(tracker.checkpoint()).toBe(20)
    expect(tracker.open()).toBe(2)
    end30()
    expect(tracker.checkpoint()).toBe(50)
    expect(tracker.open()).toBe(0)
  })

  it('never moves back and never past open work, in any order of endings', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const), gap: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(100) }),
      fc.record({ kind: fc.constant('reached' as const), gap: fc.integer({ min: 0, max: 3 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const tracker = checkpointTracker(0)
        const open: { position: number; end: () => void }[] = []
        let position = 0
        let considered = 0
        let before = 0
        for (const taken of steps) {
          if (taken.kind === 'begin') {
            position += taken.gap
            open.push({ position, end: tracker.begin(position) })
          } else if (taken.kind === 'reached') {
            position += taken.gap
            considered = position
            tracker.reached(position)
          } else open.splice(taken.which % Math.max(open.length, 1), 1)[0]?.end()
          const checkpoint = tracker.checkpoint() ?? 0
          expect(checkpoint).toBeGreaterThanOrEqual(before)
          expect(checkpoint).toBeLessThan(Math.min(Infinity, ...open.map((entry) => entry.position)))
          if (open.length === 0) expect(checkpoint).toBeGreaterThanOrEqual(considered)
          before = checkpoint
        }
      }),
    )
  })

  it('does not keep what has ended', () => {
    const tracker = checkpointTracker(undefined)
    const straggler = tracker.begin(1)
    for (let position = 2; position < 5_000; position += 1) tracker.begin(position)()
    expect(tracker.open()).toBe(4_999)
    straggler()
    expect(tracker.open()).toBe(0)
    for (let position = 5_000; position < 8_000; position += 1) tracker.begin(position)()
    expect(tracker.checkpoint()).toBe(7_999)
  })
})
