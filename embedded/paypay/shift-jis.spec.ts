import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toShiftJis } from './shift-jis.ts'

const read = (bytes: Uint8Array) => new TextDecoder('shift_jis', { fatal: true }).decode(bytes)

describe('Shift_JIS', () => {
  it.each([
    ['決済', [0x8c, 0x88, 0x8d, 0xcf]],
    ['ｱ1', [0xb1, 0x31]],
    ['表', [0x95, 0x5c]],
    ['a🍵b', [0x61, 0x3f, 0x62]],
  ])('%s', (text, bytes) => {
    expect([...toShiftJis(text)]).toEqual(bytes)
  })

  it('reads back as it was, or with ? for what it cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const back = Array.from(read(toShiftJis(text)))
        const sent = Array.from(text)
        expect(back.length).toBe(sent.length)
        expect(back.every((character, place) => character === sent[place] || character === '?')).toBe(true)
      }),
    )
  })
})
