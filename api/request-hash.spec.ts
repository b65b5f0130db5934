import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestHash } from './request-hash.ts'

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

describe('the hash of a request', () => {
  it('is the same whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(requestHash(reversed(value))).toBe(requestHash(value))
      }),
    )
  })

  it('tells different requests apart', () => {
    const requests = [
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: { 0: 1 } },
      { b: 1 },
      { a: 1, b: null },
      [],
      {},
      null,
    ]
    expect(new Set(requests.map(requestHash)).size).toBe(requests.length)
    expect(requestHash(['a', 'b'])).not.toBe(requestHash(['b', 'a']))
  })

  it('takes a member that is undefined for one that is not there', () => {
    expect(requestHash({ a: 1, b: undefined })).toBe(requestHash({ a: 1 }))
  })
})
