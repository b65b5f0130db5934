import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec } from './codec.ts'

type Event =
  | { readonly type: 'Opened'; readonly data: { readonly name: string; readonly floors: number } }
  | { readonly type: 'Closed'; readonly data: { readonly atMs: number } }

const asObject = z.record(z.string(), z.unknown())

/** Version 1 of Opened was `{ title }`, version 2 `{ name }`, version 3 has floors. */
const codec = defineCodec<Event>({
  Opened: {
    version: 3,
    data: z.object({ name: z.string(), floors: z.int() }),
    upcast: {
      1: (data) => ({ name: asObject.parse(data)['title'] }),
      2: (data) => ({ ...asObject.parse(data), floors: 1 }),
    },
  },
  Closed: { version: 2, data: z.object({ atMs: z.int() }) },
})

describe('a codec', () => {
  it('knows its types and the version it writes', () => {
    expect(codec.types).toStrictEqual(['Opened', 'Closed'])
    expect(codec.version('Opened')).toBe(3)
    expect(codec.version('Closed')).toBe(2)
    expect(z.toJSONSchema(codec.schema('Closed')).required).toStrictEqual(['atMs'])
  })

  it('writes today’s version and checks what it writes', () => {
    expect(codec.encode({ type: 'Opened', data: { name: 'A', floors: 2 } })).toStrictEqual({
      schemaVersion: 3,
      data: { name: 'A', floors: 2 },
    })
    expect(() => codec.encode({ type: 'Closed', data: { atMs: 0.5 } })).toThrow(z.ZodError)
  })

  it.each([
    [1, { title: 'A' }, 1],
    [2, { name: 'A' }, 1],
    [3, { name: 'A', floors: 2 }, 2],
  ])('lifts version %i step by step', (version, data, floors) => {
    expect(codec.decode('Opened', version, data)).toStrictEqual({
      type: 'Opened',
      data: { name: 'A', floors },
    })
  })

  it('refuses a shape that is not the one of its version', () => {
    expect(() => codec.decode('Opened', 3, { name: 'A' })).toThrow(z.ZodError)
    expect(() => codec.decode('Opened', 2, 'A')).toThrow(z.ZodError)
    expect(() => codec.decode('Closed', 2, null)).toThrow(z.ZodError)
  })

  it('refuses a version from the future', () => {
    expect(() => codec.decode('Opened', 4, { name: 'A', floors: 2 })).toThrow(
      'Opened has schema version 4; this build knows up to 3',
    )
  })

  it('refuses a version it cannot lift', () => {
    expect(() => codec.decode('Closed', 1, { atMs: 1 })).toThrow('Closed has no upcaster from version 1')
    expect(() => codec.decode('Opened', 0, { name: 'A', floors: 2 })).toThrow(
      'Opened has no upcaster from version 0',
    )
  })

  it('refuses a type it does not know, also one that every object has', () => {
    for (const type of ['Burnt', 'constructor']) {
      expect(() => codec.decode(type, 1, {})).toThrow(`No format is registered for event type ${type}`)
      expect(() => codec.version(type)).toThrow(`No format is registered for event type ${type}`)
      expect(() => codec.schema(type)).toThrow(`No format is registered for event type ${type}`)
    }
  })
})
