import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

/** One rule of the house: what it looks at, and what it finds there. A finding is a phrase naming the offence. */
interface Rule {
  readonly name: string
  readonly appliesTo: (path: string) => boolean
  readonly findings: (text: string, path: string) => readonly string[]
  /** Text that the rule must find fault with, so that a rule that finds nothing is known to be able to. */
  readonly planted: { readonly path: string; readonly text: string }
}

const MAX_LINES = 400
const isSpec = (path: string) => path.endsWith('.spec.ts')
const isSourceIn = (...rooms: readonly string[]) => {
  return (path: string) => rooms.some((room) => path.startsWith(`${room}/`)) && !isSpec(path)
}
const isDomain = isSourceIn('domain')
const isEvents = (path: string) => /^domain\/[^/]+\/events\.ts$/.test(path)

/** Comments may name what code may not do; a `//` inside a string is not a comment. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')

const CLOCK_AND_CHANCE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandomUUID\b|\bperformance\.now\b/g
const IO = /\bsetTimeout\b|\bsetInterval\b|\bawait\b|\bfetch\(|['"]node:[\w/]+['"]|\bprocess\.env\b/g
const FOCUS =
  /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo)\b|\b(?:xit|fit|xdescribe|fdescribe)\(/g
const VAGUE_NAME = /(?:^|[.-])(?:utils?|helpers?|common|managers?|services?|models?)(?:[.-]|$)/

const found = (pattern: RegExp, text: string): string[] =>
  [...withoutComments(text).matchAll(pattern)].map(([offence]) => offence)

/** The event types a context's union names. */
const eventTypesIn = (text: string): string[] =>
  [...text.matchAll(/\bEvent<'(\w+)'|\btype: '(\w+)'/g)].map(([, ofUnion, alone]) => ofUnion ?? alone ?? '')

/** Whether a doc comment ends right above this type's schema. */
const isDocumented = (type: string, text: string): boolean =>
  new RegExp(String.raw`\*/\r?\nexport const ${type} = `).test(text)

const Fixtures = z.array(z.looseObject({ type: z.string() }))
const fixtureTypesBeside = (path: string): ReadonlySet<string> => {
  const [file] = globSync(`${dirname(path)}/fixtures.json`)
  const fixtures = file === undefined ? [] : Fixtures.parse(JSON.parse(readFileSync(file, 'utf8')))
  return new Set(fixtures.map(({ type }) => type))
}

const rules: readonly Rule[] = [
  {
    name: 'decisions know no clock, chance, timer, network or file',
    appliesTo: isDomain,
    findings: (text) => [...found(CLOCK_AND_CHANCE, text), ...found(IO, text)],
    planted: { path: 'domain/order/decider.ts', text: "import fs from 'node:fs'\nawait wait(new Date())" },
  },
  {
    name: 'processes and projections take time and ids from what they are given',
    appliesTo: isSourceIn('processmanagers', 'projections'),
    findings: (text) => found(CLOCK_AND_CHANCE, text),
    planted: { path: 'projections/stock.ts', text: 'const id = crypto.randomUUID()' },
  },
  {
    name: 'every event has a sentence above it',
    appliesTo: isEvents,
    findings: (text) => eventTypesIn(text).filter((type) => !isDocumented(type, text)),
    planted: {
      path: 'domain/tea/events.ts',
      text: "export const TeaPoured = z.object({})\nexport type TeaEvent = Event<'TeaPoured', typeof TeaPoured>",
    },
  },
  {
    name: 'every event has a stored fixture',
    appliesTo: isEvents,
    findings: (text, path) => {
      const stored = fixtureTypesBeside(path)
      return eventTypesIn(text).filter((type) => !stored.has(type))
    },
    planted: {
      path: 'domain/stock/events.ts',
      text: "export type E = Event<'StockEaten', typeof StockEaten>",
    },
  },
  {
    name: 'no spec is focused, skipped or left to do',
    appliesTo: isSpec,
    findings: (text) => found(FOCUS, text),
    // In two pieces, or this file would break its own rule.
    planted: { path: 'domain/tea.spec.ts', text: ['describe.concurrent', "only('tea', () => {})"].join('.') },
  },
  {
    name: 'files are named after what they are about',
    appliesTo: () => true,
    findings: (_, path) => (VAGUE_NAME.test(basename(path, '.ts')) ? [basename(path)] : []),
    planted: { path: 'api/order-service.ts', text: '' },
  },
  {
    name: `no file is longer than ${MAX_LINES} lines`,
    appliesTo: () => true,
    findings: (text) => {
      const lines = text.split('\n').length - 1
      return lines > MAX_LINES ? [`${lines} lines`] : []
    },
    planted: { path: 'api/all.ts', text: '\n'.repeat(MAX_LINES + 1) },
  },
]

/** What is built, and what is written by a generator. */
const ignored = new Set([
  'node_modules',
  '.kessai',
  '.git',
  '.nuxt',
  '.output',
  'coverage',
  'dist',
  'schema.d.ts',
])
const sources = globSync('**/*.ts', { exclude: (name) => ignored.has(basename(name)) })
  .map((path) => ({ path: path.replaceAll('\\', '/') }))
  .map(({ path }) => ({ path, text: readFileSync(path, 'utf8') }))

describe('the house is tidy', () => {
  it('looks at the sources', () => {
    expect(sources.map(({ path }) => path)).toContain('domain/decider.ts')
    expect(sources.map(({ path }) => path)).toContain('tests/tidy.spec.ts')
  })

  it.each(rules)('$name', ({ appliesTo, findings }) => {
    const offences = sources
      .filter(({ path }) => appliesTo(path))
      .flatMap(({ path, text }) => findings(text, path).map((offence) => `${path}: ${offence}`))
    expect(offences).toStrictEqual([])
  })

  it.each(rules)('would find an offence against: $name', ({ appliesTo, findings, planted }) => {
    expect(appliesTo(planted.path)).toBe(true)
    expect(findings(planted.text, planted.path)).not.toStrictEqual([])
  })

  it('does not mistake a comment, an ordinary word or the last allowed line for an offence', () => {
    const [decisions] = rules
    const text =
      "/** Never Date.now() */\n// nor await\nconst type = 'AwaitPayment' // nor Math.random()\nnew Date(atMs)"
    expect(decisions?.findings(text, 'domain/order/decider.ts')).toStrictEqual([])
    expect(rules.at(-1)?.findings('\n'.repeat(MAX_LINES), 'api/all.ts')).toStrictEqual([])
    for (const path of ['processmanagers/checkout.ts', 'domain/common-sense-of-it.ts', 'api/remodel.ts'])
      expect(VAGUE_NAME.test(basename(path, '.ts'))).toBe(path.includes('common-'))
  })
})
