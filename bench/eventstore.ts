import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { measureAppends } from './eventstore/appends.ts'
import { measureGroupCommit } from './eventstore/group-commit.ts'
import { measureGrowth } from './eventstore/growth.ts'
import { measureLatency } from './eventstore/live-latency.ts'
import { withMarkedPart } from './eventstore/marked-part.ts'
import { measureMemory } from './eventstore/memory.ts'
import { measureReads } from './eventstore/reads.ts'
import { report, type EventStoreResults } from './eventstore/report.ts'
import { FULL, QUICK } from './eventstore/scale.ts'
import { sessionOpener } from './eventstore/session.ts'

const PARTS = ['appends', 'reads', 'latency', 'growth', 'groupCommit', 'memory'] as const
type Part = (typeof PARTS)[number]

const page = new URL('../docs/reference/eventstore.md', import.meta.url)
const raw = new URL('./results/eventstore.json', import.meta.url)

const { values } = parseArgs({
  options: {
    /** Only to see that it works: small, nothing is written. */
    quick: { type: 'boolean', default: false },
    /** One part or several; nothing is written then. */
    only: { type: 'string', multiple: true, default: [] },
    /** A directory for the nodes' CPU profiles. */
    'cpu-prof': { type: 'string' },
  },
})
const unknown = values.only.find((name) => !PARTS.some((part) => part === name))
if (unknown !== undefined) throw new Error(`There is no part ${unknown}; there are ${PARTS.join(', ')}`)

const begin = performance.now()
/** Ends at once; nodes that still run are ended with this process. */
const giveUp = (reason: unknown): never => {
  console.error(reason)
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => giveUp(`Stopped by ${signal}.`))
const open = sessionOpener({
  cpuProfileDir: values['cpu-prof'],
  onDeath: (how) => giveUp(`The node died (${how}): nothing that was measured counts.`),
})
const scale = values.quick ? QUICK : FULL

const part = async <T>(name: Part, measured: () => Promise<T>, without: T): Promise<T> => {
  if (values.only.length > 0 && !values.only.includes(name)) return without
  console.log(`${name} … (${Math.round((performance.now() - begin) / 1_000)} s so far)`)
  return measured()
}

const measured = async (): Promise<EventStoreResults> => ({
  measuredOn: new Date().toISOString().slice(0, 10),
  environment: {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  },
  appends: await part('appends', () => measureAppends(open, scale), []),
  reads: await part('reads', () => measureReads(open, scale), []),
  latency: await part('latency', () => measureLatency(open, scale), []),
  growth: await part('growth', () => measureGrowth(open, scale), []),
  groupCommit: await part('groupCommit', () => measureGroupCommit(open, scale), []),
  memory: await part('memory', () => measureMemory(open, scale), undefined),
})

const formatted = async (text: string, parser: 'markdown' | 'json'): Promise<string> =>
  format(text, { ...(await resolveConfig(page)), parser })

const keep = async (results: EventStoreResults, text: string): Promise<void> => {
  mkdirSync(new URL('.', raw), { recursive: true })
  writeFileSync(raw, await formatted(JSON.stringify(results), 'json'))
  const filled = existsSync(page) ? withMarkedPart(readFileSync(page, 'utf8'), 'eventstore', text) : undefined
  if (filled === undefined)
    console.log('docs/reference/eventstore.md has no eventstore markers: the table is only above.')
  else writeFileSync(page, await formatted(filled, 'markdown'))
}

try {
  const results = await measured()
  const text = report(results)
  console.log(await formatted(text, 'markdown'))
  if (values.quick) console.log('Quick: all of it works; rounds this short say nothing about how fast.')
  if (!values.quick && values.only.length === 0) await keep(results, text)
  console.log(`Done in ${Math.round((performance.now() - begin) / 1_000)} s.`)
} catch (error) {
  // What was given up on may still be waiting for an answer that never comes.
  giveUp(error)
}
