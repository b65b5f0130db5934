import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { describeContext, EVENT_CONTEXTS } from '../../scripts/event-contexts.ts'
import { schemasIn } from '../../scripts/event-sentences.ts'
import { EVENTS_PAGE, eventsReference } from '../../scripts/events-reference.ts'
import { fieldTable, writtenShape, type SharedShapes } from '../../scripts/field-table.ts'

describe('docs/reference/events.md', () => {
  const page = readFileSync(EVENTS_PAGE, 'utf8')

  it('is what the code says (npm run docs:events)', async () => {
    expect(page).toBe(await eventsReference())
  })

  it('leads only to headings that are there, and none is there twice', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    )
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toStrictEqual([])
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target)
    expect(links.length).toBeGreaterThan(50)
    for (const link of links) expect(anchors).toContain(link)
  })

  it.each(EVENT_CONTEXTS.flatMap(({ types, stream }) => types.map((type) => [type, stream] as const)))(
    'tells of %s, with its stream and every field of its examples',
    (type, stream) => {
      expect(page).toContain(`Stream \`${stream}\``)
      const section = page.split(`#### ${type}\n`)[1]?.split('\n#### ')[0] ?? ''
      for (const { data } of EVENT_CONTEXTS.flatMap(({ fixtures }) => fixtures).filter(
        (one) => one.type === type,
      ))
        for (const field of Object.keys(data)) expect(section).toContain(`| \`${field}\``)
    },
  )

  it('leaves no field unexplained', () => {
    expect([...page.matchAll(/^\|.*\|\s*\|$/gm)].map(([row]) => row)).toStrictEqual([])
  })

  it('is not made for an event without a sentence', async () => {
    const silent = describeContext(
      defineCodec<{ readonly type: 'TeaPoured'; readonly data: object }>({
        TeaPoured: { version: 1, data: z.object({}) },
      }),
      {
        title: 'Tea',
        kind: 'business',
        stream: 'tea-{id}',
        about: '',
        writers: '',
        codecFile: '',
        eventsFile: 'domain/cart/events.ts',
        fixturesFile: '',
      },
      [{ type: 'TeaPoured', schemaVersion: 1, data: {} }],
    )
    await expect(eventsReference([silent])).rejects.toThrow('TeaPoured has no sentence above it')
  })
})

describe('what a schema’s source says', () => {
  const text = `
/** Tea was
 * poured. */
export const TeaPoured = z.object({
  /** How warm. */
  warmth: z.int(),
  leaf: Leaf.optional(),
  cups: z.array(
    z.object({
      /** Round? */
      shape: z.string(),
    }),
  ),
})
const Silent = z.object({})`

  it('is found above it and above its fields, also where they are written in place', () => {
    const schemas = schemasIn(text)
    const poured = schemas.get('TeaPoured')
    expect(poured?.sentence).toBe('Tea was poured.')
    expect(poured?.fields.get('warmth')?.note).toBe('How warm.')
    expect(poured?.fields.get('leaf')?.names).toStrictEqual(['Leaf'])
    expect(poured?.fields.get('cups')?.fields.get('shape')?.note).toBe('Round?')
    expect(schemas.get('Silent')?.sentence).toBeUndefined()
  })

  it('is set beside what the schema itself demands', () => {
    const schemas = schemasIn(text)
    const shape = z.object({
      warmth: z.int().min(1).max(9).optional(),
      leaf: z.enum(['green', 'black']).default('green'),
      cups: z.array(z.object({ shape: z.string() })),
      pourings: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('first'), atMs: z.int() }),
        z.object({ kind: z.literal('next'), litres: z.number() }),
      ]),
    })
    const shared: SharedShapes = new Map()
    const table = fieldTable(
      writtenShape(shape),
      schemas.get('TeaPoured')?.fields ?? new Map(),
      schemas,
      shared,
    )
    expect(table.split('\n').slice(2)).toStrictEqual([
      '| `warmth` | integer, 1 to 9 | no | How warm. |',
      '| `leaf` | `"green"`, `"black"` | yes | Read as `"green"` where it is missing. |',
      '| `cups` | list of object | yes |  |',
      '| `cups[].shape` | string | yes | Round? |',
      '| `pourings` | object | yes |  |',
      '| `pourings.kind` | `"first"`, `"next"` | yes | Tells the alternatives apart. |',
      '| `pourings.atMs` | integer | no | Where `kind` is `first`. |',
      '| `pourings.litres` | number | no | Where `kind` is `next`. |',
    ])
    expect(shared.size).toBe(0)
  })
})
