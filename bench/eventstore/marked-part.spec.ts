import { describe, expect, it } from 'vitest'
import { withMarkedPart } from './marked-part.ts'

describe('the marked part of a page', () => {
  it('is replaced, and nothing around it', () => {
    const page = 'before\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n'
    expect(withMarkedPart(page, 'x', 'new')).toBe(
      'before\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nafter\n',
    )
  })

  it('is not invented where a marker is missing or they are the wrong way round', () => {
    for (const page of [
      '',
      '<!-- x: begin -->',
      '<!-- x: end --><!-- x: begin -->',
      '<!-- y: begin --><!-- y: end -->',
    ])
      expect(withMarkedPart(page, 'x', 'new')).toBeUndefined()
  })
})
