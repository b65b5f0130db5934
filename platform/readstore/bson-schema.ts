import { z } from 'zod'

/**
 * The keywords of JSON Schema draft 4 that go over to MongoDB as they are. It refuses a validator with `$ref`, `format`,
 * `default`, `definitions`, `id` or any word it does not know
 * (https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/).
 */
const KEPT = [
  'required',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minProperties',
  'maxProperties',
] as const

/** Left out on purpose: they check nothing, or the fold's own check is the one that knows them. */
const DROPPED: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'format', 'default', 'id'])
const TRANSLATED: ReadonlySet<string> = new Set([
  'type',
  'const',
  'properties',
  'items',
  'additionalProperties',
  'anyOf',
  'allOf',
])

type Schema = Readonly<Record<string, unknown>>

/** The driver stores a whole number as `int` where it fits and as `double` where it does not. */
const BSON_TYPES: Readonly<Record<string, string>> = {
  object: 'object',
  array: 'array',
  string: 'string',
  boolean: 'bool',
  null: 'null',
  number: 'number',
  integer: 'number',
}

/**
 * A zod schema in the dialect of MongoDB's `$jsonSchema`, for `CollectionSpec.schema`. Only what JSON can hold.
 * @throws when it uses a word that MongoDB would refuse, so that a validator never fails at a customer's first start.
 */
export const bsonSchemaOf = (schema: z.ZodType): Schema =>
  translated(z.toJSONSchema(schema, { target: 'draft-4', reused: 'inline', cycles: 'throw', io: 'output' }))

const translated = (schema: object): Schema => {
  const from = new Map(Object.entries(schema))
  for (const word of from.keys())
    if (!DROPPED.has(word) && !TRANSLATED.has(word) && !KEPT.some((kept) => kept === word))
      throw new Error(`MongoDB's $jsonSchema has no ${word}`)
  const to: Record<string, unknown> = {}
  const type = from.get('type')
  if (type !== undefined) to['bsonType'] = bsonTypeOf(type)
  if (type === 'integer') to['multipleOf'] = 1
  if (from.has('const')) to['enum'] = [from.get('const')]
  for (const word of KEPT) if (from.has(word)) to[word] = from.get(word)
  const properties = from.get('properties')
  if (isObject(properties))
    to['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [
        name,
        part instanceof Object ? translated(part) : {},
      ]),
    )
  for (const word of ['items', 'additionalProperties']) {
    const part = from.get(word)
    if (part !== undefined) to[word] = isObject(part) ? translated(part) : part
  }
  for (const word of ['anyOf', 'allOf']) {
    const parts = from.get(word)
    if (Array.isArray(parts)) to[word] = parts.map((part) => (isObject(part) ? translated(part) : {}))
  }
  return to
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const bsonTypeOf = (type: unknown): string | readonly unknown[] => {
  if (Array.isArray(type)) return type.map(bsonTypeOf)
  const known = typeof type === 'string' ? BSON_TYPES[type] : undefined
  if (known === undefined) throw new Error(`Not a JSON type: ${JSON.stringify(type)}`)
  return known
}
