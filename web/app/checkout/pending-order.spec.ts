import { describe, expect, it } from 'vitest'
import {
  fingerprintOf,
  isUnsure,
  newOrderKey,
  recordFor,
  refusedRecord,
  validRecord,
  type OrderRecord,
} from './pending-order.ts'

const WINDOW_MS = 900_000
const NOW = 1_800_000_000_000
const pending: OrderRecord = { state: 'pending', key: 'a'.repeat(32), fingerprint: 'tea*1=540', atMs: NOW }
const placed: OrderRecord = { state: 'placed', orderId: '0b8f1e7c-3c54-4f0e-9d55-6a3f5b0c2d11', atMs: NOW }
const read = (record: OrderRecord, laterMs: number) =>
  validRecord(JSON.stringify(record), NOW + laterMs, WINDOW_MS)
const noKey = (): string => {
  throw new Error('made a key where there was one')
}

describe('the key of an order', () => {
  it('is made for the first press, with what was pressed', () => {
    expect(recordFor(undefined, 'tea*1=540', NOW, () => 'k')).toStrictEqual({
      state: 'pending',
      key: 'k',
      fingerprint: 'tea*1=540',
      atMs: NOW,
    })
  })

  it('is used again while nobody knows what became of it, even with another content', () => {
    expect(recordFor(pending, 'tea*1=540', NOW + 1, noKey)).toStrictEqual({
      ...pending,
      atMs: NOW + 1,
      isRefused: false,
    })
    expect(recordFor(pending, 'cup*2=999', NOW + 1, noKey)).toStrictEqual({
      ...pending,
      atMs: NOW + 1,
      isRefused: false,
    })
  })

  it('is a new one after the order was placed', () => {
    expect(recordFor(placed, 'tea*1=540', NOW, () => 'new').key).toBe('new')
  })

  it('survives a reload until the earlier order can no longer be paid', () => {
    expect(read(pending, WINDOW_MS)).toStrictEqual(pending)
    expect(read(placed, 1_000)).toStrictEqual(placed)
    expect(read(pending, WINDOW_MS + 5 * 60_000 + 1)).toBeUndefined()
    // A clock that was set back must not keep a key for ever.
    expect(read(pending, -1)).toBeUndefined()
  })

  it('remembers how the order was to be paid, where it is a way of paying', () => {
    for (const method of ['PAYPAY', 'WALLET'] as const)
      expect(read({ ...pending, method }, 1)).toStrictEqual({ ...pending, method })
    const text = JSON.stringify({ ...pending, method: 'CASH' })
    expect(validRecord(text, NOW, WINDOW_MS)).toStrictEqual(pending)
  })

  it.each([
    null,
    '',
    '[]',
    '{}',
    '{"state":"pending","key":"x","fingerprint":"","atMs":1}',
    '{"state":"placed","orderId":"/evil","atMs":1}',
  ])('is not read from %s', (text) => {
    expect(validRecord(text, 1, WINDOW_MS)).toBeUndefined()
  })

  it('leaves nobody wondering after a refusal, unless an earlier answer was lost', () => {
    expect(isUnsure(pending)).toBe(true)
    expect(isUnsure(placed)).toBe(false)
    expect(isUnsure(undefined)).toBe(false)
    expect(isUnsure(refusedRecord(pending, undefined))).toBe(false)
    expect(isUnsure(refusedRecord(pending, { ...pending, isRefused: true }))).toBe(false)
    expect(isUnsure(refusedRecord(pending, pending))).toBe(true)
    expect(read(refusedRecord(pending, undefined), 1)).toStrictEqual({ ...pending, isRefused: true })
  })

  it('is never the same twice, and fits the header', () => {
    const keys = Array.from({ length: 100 }, newOrderKey)
    expect(new Set(keys).size).toBe(100)
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true)
  })
})

describe('the fingerprint of a cart', () => {
  it('changes with products, quantities and total', () => {
    const tea = { productId: 'tea', quantity: 1 }
    const prints = [
      fingerprintOf([tea], 540),
      fingerprintOf([tea], 541),
      fingerprintOf([{ ...tea, quantity: 2 }], 540),
      fingerprintOf([tea, { productId: 'cup', quantity: 1 }], 540),
    ]
    expect(new Set(prints).size).toBe(4)
    expect(fingerprintOf([{ ...tea }], 540)).toBe(prints[0])
  })
})
