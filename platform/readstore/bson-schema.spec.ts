import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bsonSchemaOf } from './bson-schema.ts'

describe('a schema in MongoDB’s words', () => {
  it('says bsonType and number, spells constants as enums, and forbids what is not named', () => {
    const schema = z.strictObject({
      kind: z.literal('tea'),
      grams: z.int().positive(),
      price: z.number(),
      notes: z.array(z.string().min(1)).max(3),
      origin: z.union([z.string(), z.null()]).optional(),
    })
    expect(bsonSchemaOf(schema)).toStrictEqual({
      bsonType: 'object',
      required: ['kind', 'grams', 'price', 'notes'],
      additionalProperties: false,
      properties: {
        kind: { bsonType: 'string', enum: ['tea'] },
        grams: {
          bsonType: 'number',
          multipleOf: 1,
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          exclusiveMinimum: true,
        },
        price: { bsonType: 'number' },
        notes: { bsonType: 'array', items: { bsonType: 'string', minLength: 1 }, maxItems: 3 },
        origin: { bsonType: ['string', 'null'] },
      },
    })
  })

  it('leaves out what checks nothing, and repeats what is used twice in place of referring to it', () => {
    const Name = z.string().meta({ title: 'A name' })
    const text = JSON.stringify(
      bsonSchemaOf(z.object({ a: Name, b: Name, at: z.iso.datetime(), size: z.int().default(1) })),
    )
    for (const word of ['$ref', 'definitions', '$schema', 'format', 'default', 'title', '"type"', 'integer'])
      expect(text).not.toContain(word)
  })

  it('is not made with words that MongoDB would refuse', () => {
    expect(() => bsonSchemaOf(z.object({ name: z.string().meta({ id: 'Name' }) }))).toThrow('MongoDB')
  })
})
