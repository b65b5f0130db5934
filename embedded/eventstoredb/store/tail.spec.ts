import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredEvent } from './facts.ts'
import { createTail } from './tail.ts'

const eventAt = (position: number, bytes = 10): StoredEvent => ({
  position,
  streamId: 1,
  stream: 's',
  revision: position,
  type: 'T',
  createdMs: 0,
  frame: Buffer.alloc(bytes),
})

describe('the tail', () => {
  it('gives what comes after any position it covers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }),
        fc.nat({ max: 200 }),
        (gaps, asked) => {
          let position = 5
          const events = gaps.map((gap) => {
            position += gap
            return eventAt(position)
          })
          const tail = createTail(5)
          for (const event of events) tail.push([event])
          expect(tail.covers(asked)).toBe(asked >= 5)
          const after = events.filter((event) => event.position > asked)
          expect(tail.after(asked, 7)).toEqual(after.slice(0, 7))
        },
      ),
    )
  })

  it.each([
    { what: 'many', count: 50_000, bytes: 10 },
    { what: 'large', count: 200, bytes: 1024 * 1024 },
  ])('stays bounded under $what events and says what it no longer covers', ({ count, bytes }) => {
    const tail = createTail(0)
    const frame = Buffer.alloc(bytes)
    for (let position = 1; position <= count; position += 1) tail.push([{ ...eventAt(position, 0), frame }])
    const oldest =
      Array.from({ length: count + 1 }, (_, position) => position).find((at) => tail.covers(at)) ?? 0
    expect(oldest).toBeGreaterThan(0)
    const kept = tail.after(oldest, count)
    expect(kept).toHaveLength(count - oldest)
    expect(kept[0]?.position).toBe(oldest + 1)
    expect(kept.length).toBeLessThanOrEqual(8_192)
    expect(kept.length * bytes).toBeLessThanOrEqual(33 * 1024 * 1024)
  })
})
