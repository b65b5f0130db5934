import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec, type EventFormat } from '#domain/codec.ts'
import {
  describeContext,
  EVENT_CONTEXTS,
  type EventContext,
  type Fixture,
} from '../scripts/event-contexts.ts'
import { extendedLock, storedLock, versionProblems, type Lock } from '../scripts/event-versions.ts'

/** A schema as `z.toJSONSchema` tells it, as far as fields go. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>> | undefined
  readonly required?: readonly string[] | undefined
  readonly items?: Shape | undefined
  readonly oneOf?: readonly Shape[] | undefined
}
const Shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), Shape).optional(),
    required: z.array(z.string()).optional(),
    items: Shape.optional(),
    oneOf: z.array(Shape).optional(),
  }),
)
const Members = z.record(z.string(), z.unknown())

/** The fields that no example has, and the optional ones that no example leaves out. */
const unseen = (shape: Shape, examples: readonly unknown[], path: string): string[] => {
  const { properties = {}, required = [], items, oneOf = [] } = shape
  const objects = examples.flatMap((example) => {
    const object = Members.safeParse(example)
    return object.success ? [object.data] : []
  })
  const ofFields = Object.entries(properties).flatMap(([name, field]) => {
    const values = objects.flatMap((object) => (name in object ? [object[name]] : []))
    const missing = values.length === 0 ? [`${path}.${name} is in no example`] : []
    const always =
      required.includes(name) || values.length < objects.length ? [] : [`${path}.${name} is never left out`]
    return [...missing, ...always, ...unseen(field, values, `${path}.${name}`)]
  })
  const inLists = examples.filter((example) => Array.isArray(example)).flat()
  const ofItems = items === undefined ? [] : unseen(items, inLists, `${path}[]`)
  const ofKinds = oneOf.flatMap(({ properties: fields = {} }) =>
    Object.keys(fields)
      .filter((name) => !objects.some((object) => name in object))
      .map((name) => `${path}.${name} is in no example`),
  )
  return [...ofFields, ...ofItems, ...ofKinds]
}

describe('the events of the log', () => {
  it('are all in the list of contexts, wherever a codec is built', () => {
    const codecFiles = globSync([
      'domain/**/*.ts',
      'processmanagers/**/*.ts',
      'projections/**/*.ts',
      'platform/**/*.ts',
    ])
      .map((file) => file.replaceAll('\\', '/'))
      // Made up for specs: written to no log.
      .filter((file) => !file.endsWith('.spec.ts') && file !== 'processmanagers/runner-bench.ts')
      .filter((file) => /\bdefineCodec</.test(readFileSync(file, 'utf8')))
    expect(codecFiles.toSorted()).toStrictEqual(EVENT_CONTEXTS.map(({ codecFile }) => codecFile).toSorted())
  })

  it('have names of their own', () => {
    const types = EVENT_CONTEXTS.flatMap((context) => context.types)
    expect(new Set(types).size).toBe(types.length)
  })

  it('keep what domain/event-versions.json promises, in every version', () => {
    expect(versionProblems(EVENT_CONTEXTS, storedLock())).toStrictEqual([])
  })

  describe.each(EVENT_CONTEXTS.map((context) => [context.title, context] as const))('%s:', (_, context) => {
    it.each(context.fixtures)(
      'a stored $type@$schemaVersion reads and is written again as today',
      (fixture) => {
        const { type, schemaVersion, data } = fixture
        const rewritten = context.rewritten(fixture)
        expect(rewritten.schemaVersion).toBe(context.version(type))
        if (schemaVersion === context.version(type)) expect(rewritten.data).toStrictEqual(data)
      },
    )

    it.each(context.types)(
      'the examples of %s show every field, and every optional one missing too',
      (type) => {
        const newest = context.fixtures
          .filter((fixture) => fixture.type === type && fixture.schemaVersion === context.version(type))
          .map(({ data }) => data)
        expect(unseen(Shape.parse(z.toJSONSchema(context.schema(type))), newest, type)).toStrictEqual([])
      },
    )
  })
})

type Brewed = {
  readonly type: 'TeaBrewed'
  readonly data: { readonly leafGrams: number; readonly water: string }
}

/** Version 1 was `{ leaf }` in grams; version 2 has its unit in the name, and the water. */
const first = { version: 1, data: z.object({ leaf: z.int() }) }
const second: EventFormat<Brewed['data']> = {
  version: 2,
  data: z.object({ leafGrams: z.int(), water: z.string() }),
  upcast: {
    1: (data) => ({ leafGrams: z.object({ leaf: z.int() }).parse(data).leaf, water: 'unknown' }),
  },
}
const oldest: Fixture = { type: 'TeaBrewed', schemaVersion: 1, data: { leaf: 5 } }
const newest: Fixture = { type: 'TeaBrewed', schemaVersion: 2, data: { leafGrams: 5, water: 'soft' } }

const tea = (fixtures: readonly Fixture[], format: EventFormat<object> = second): EventContext =>
  describeContext(
    defineCodec<{ readonly type: 'TeaBrewed'; readonly data: object }>({ TeaBrewed: format }),
    {
      title: 'Tea',
      kind: 'business',
      stream: 'tea-{id}',
      about: '',
      writers: '',
      codecFile: '',
      eventsFile: '',
      fixturesFile: '',
    },
    fixtures,
  )

describe('the lock of event versions', () => {
  const lockedFirst: Lock = extendedLock([tea([oldest], first)], {})
  const lockedBoth: Lock = extendedLock([tea([oldest, newest])], lockedFirst)

  it('grows with a new version and keeps the old one as it was', () => {
    expect(versionProblems([tea([oldest, newest])], lockedBoth)).toStrictEqual([])
    expect(Object.keys(lockedBoth)).toStrictEqual(['TeaBrewed@1', 'TeaBrewed@2'])
    expect(lockedBoth['TeaBrewed@1']).toStrictEqual(lockedFirst['TeaBrewed@1'])
    expect(tea([oldest, newest]).rewritten(oldest)).toStrictEqual({
      schemaVersion: 2,
      data: { leafGrams: 5, water: 'unknown' },
    })
  })

  it.each<[string, EventContext, Lock, RegExp]>([
    [
      'a field that was added without a new version',
      tea([oldest], { version: 1, data: z.object({ leaf: z.int(), cups: z.int().optional() }) }),
      lockedFirst,
      /TeaBrewed@1 has another shape.*version 2 with `upcast: \{ 1: … \}`/,
    ],
    [
      'a bound that was tightened without a new version',
      tea([oldest], { version: 1, data: z.object({ leaf: z.int().positive() }) }),
      lockedFirst,
      /TeaBrewed@1 has another shape/,
    ],
    [
      'a default that fills in what was required',
      tea([oldest], { version: 1, data: z.object({ leaf: z.int().default(1) }) }),
      lockedFirst,
      /TeaBrewed@1 has another shape/,
    ],
    ['a version that was taken back', tea([oldest], first), lockedBoth, /TeaBrewed@2 has disappeared/],
    ['a new version without a fixture', tea([oldest]), lockedFirst, /TeaBrewed@2 has no stored fixture/],
    ['a fixture that was removed', tea([newest]), lockedBoth, /TeaBrewed@1 has no stored fixture/],
    [
      'a fixture that was changed',
      tea([{ ...oldest, data: { leaf: 6 } }, newest]),
      lockedBoth,
      /TeaBrewed@1: a stored fixture was changed or removed/,
    ],
    ['two versions that came at once', tea([oldest, newest]), {}, /TeaBrewed@1 was never locked/],
    [
      'a new version that is not locked',
      tea([oldest, newest]),
      lockedFirst,
      /node scripts\/event-versions\.ts/,
    ],
  ])('refuses %s, and says what to do', (_, context, lock, problem) => {
    expect(versionProblems([context], lock)).toStrictEqual([expect.stringMatching(problem)])
  })

  it('is never written over what it promised', () => {
    const changed = tea([oldest], { version: 1, data: z.object({ leaf: z.string() }) })
    expect(() => extendedLock([changed], lockedFirst)).toThrow(/another shape/)
  })

  it('does not mind the order in which fields are written', () => {
    const [one, other] = [z.object({ a: z.int(), b: z.int() }), z.object({ b: z.int(), a: z.int() })].map(
      (data) =>
        extendedLock(
          [tea([{ type: 'TeaBrewed', schemaVersion: 1, data: { a: 1, b: 2 } }], { version: 1, data })],
          {},
        ),
    )
    expect(one).toStrictEqual(other)
  })
})
