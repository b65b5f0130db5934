import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { z } from 'zod'
import { EVENT_CONTEXTS, type EventContext, type Fixture } from './event-contexts.ts'

/** Every version of every event that was ever written, with what it looked like. It only grows. */
export const VERSIONS_FILE = new URL('../domain/event-versions.json', import.meta.url)

/** `schema`: of the data, as it was when this version was the newest. `fixtures`: of each stored example. */
const Lock = z.record(
  z.string().regex(/^\w+@\d+$/),
  z.strictObject({ schema: z.string(), fixtures: z.array(z.string()) }),
)
export type Lock = z.infer<typeof Lock>

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
/** Lists whose order means nothing. */
const UNORDERED = new Set(['required', 'enum'])

/** The same value in one way only, so that neither the order of fields nor that of alternatives makes a difference. */
const canonical = (value: unknown, under = ''): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item))
    return UNORDERED.has(under)
      ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '$schema')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, canonical(member, name)]),
  )
}

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url')

/** What is written and what is taken back: a default makes the two differ. */
const schemaHash = (schema: z.ZodType): string =>
  hash(
    (['input', 'output'] as const).map((io) =>
      canonical(z.toJSONSchema(schema, { io, unrepresentable: 'throw' })),
    ),
  )

const fixtureHash = ({ data }: Fixture): string => hash(canonical(data))

interface Version {
  readonly name: string
  readonly type: string
  readonly version: number
  /** Undefined for older versions: only their lock entry and their fixtures are left of them. */
  readonly schema: string | undefined
  readonly fixtures: readonly string[]
}

const versionsIn = (contexts: readonly EventContext[]): Version[] =>
  contexts.flatMap((context) =>
    context.types.flatMap((type) =>
      Array.from({ length: context.version(type) }, (_, index) => {
        const version = index + 1
        return {
          name: `${type}@${version}`,
          type,
          version,
          schema: version === context.version(type) ? schemaHash(context.schema(type)) : undefined,
          fixtures: context.fixtures
            .filter((fixture) => fixture.type === type && fixture.schemaVersion === version)
            .map(fixtureHash),
        }
      }),
    ),
  )

const LOCK_IT = 'run `node scripts/event-versions.ts` and commit domain/event-versions.json'

/** What breaks the promise that everything ever written can still be read. */
const brokenPromises = (versions: readonly Version[], lock: Lock): string[] => {
  const names = new Set(versions.map(({ name }) => name))
  const gone = Object.keys(lock)
    .filter((name) => !names.has(name))
    .map(
      (name) =>
        `${name} has disappeared, and logs hold it: put its format back, with an upcaster and its fixture`,
    )
  return [...gone, ...versions.flatMap((each) => brokenPromisesOf(each, lock))]
}

const brokenPromisesOf = ({ name, type, version, schema, fixtures }: Version, lock: Lock): string[] => {
  const locked = lock[name]
  if (fixtures.length === 0)
    return [`${name} has no stored fixture: add one of its data to the context’s fixtures.json`]
  if (locked === undefined)
    return schema === undefined
      ? [`${name} was never locked while it was written: restore its entry from history`]
      : []
  const changed =
    schema !== undefined && schema !== locked.schema
      ? [
          `${name} has another shape than the events in the log: leave version ${version} as it was, give the new shape ` +
            `version ${version + 1} with \`upcast: { ${version}: … }\` in the codec of ${type}, and add its fixture`,
        ]
      : []
  const lost = locked.fixtures.every((known) => fixtures.includes(known))
    ? []
    : [`${name}: a stored fixture was changed or removed; put it back, and add a new one beside it`]
  return [...changed, ...lost]
}

const notLocked = (versions: readonly Version[], lock: Lock): string[] =>
  versions
    .filter(({ name, fixtures }) => fixtures.some((known) => lock[name]?.fixtures.includes(known) !== true))
    .map(({ name }) => `${name} is not locked yet: ${LOCK_IT}`)

/** Everything that is wrong with the committed lock, in words that say what to do; empty when nothing is. */
export const versionProblems = (contexts: readonly EventContext[], lock: Lock): string[] => {
  const versions = versionsIn(contexts)
  const broken = brokenPromises(versions, lock)
  return broken.length > 0 ? broken : notLocked(versions, lock)
}

/**
 * The lock with what is new; what is there is never changed.
 * @throws when an event no longer keeps what the lock promises.
 */
export const extendedLock = (contexts: readonly EventContext[], lock: Lock): Lock => {
  const versions = versionsIn(contexts)
  const broken = brokenPromises(versions, lock)
  if (broken.length > 0) throw new Error(broken.join('\n'))
  return Object.fromEntries(
    versions.map(({ name, schema = '', fixtures }) => [
      name,
      { schema: lock[name]?.schema ?? schema, fixtures: [...fixtures] },
    ]),
  )
}

export const storedLock = (): Lock =>
  existsSync(VERSIONS_FILE) ? Lock.parse(JSON.parse(readFileSync(VERSIONS_FILE, 'utf8'))) : {}

if (import.meta.main) {
  const lock = extendedLock(EVENT_CONTEXTS, storedLock())
  await writeFile(VERSIONS_FILE, await format(JSON.stringify(lock), { parser: 'json', printWidth: 110 }))
}
