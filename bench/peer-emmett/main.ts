import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { systemClock } from '../../platform/clock/clock.ts'
import { connectEventStore } from '../../platform/eventstore/client.ts'
import type { EventStore } from '../../platform/eventstore/port.ts'
import { openSqliteReadStore } from '../../platform/readstore/sqlite.ts'
import { orderSummary } from '../../projections/order-summary/projection.ts'
import { build } from '../../projections/rebuild/build.ts'
import { environment } from '../environment.ts'
import { withMarkedPart } from '../eventstore/marked-part.ts'
import { assert, summary } from '../measure.ts'
import { storeTrade } from '../rebuild/stored-trade.ts'
import { startStore } from '../store-process.ts'
import { appendTrade, documentsOfEmmett, rebuiltByEmmett, type Pulling } from './emmett-store.ts'
import { peerReport, type Contestant } from './report.ts'
import { exportTrade, importedTrade } from './trade-file.ts'

const { values } = parseArgs({
  options: {
    /** An empty database, `postgresql://…`. */
    postgres: { type: 'string' },
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    /** Only to see that it works; nothing is written. */
    quick: { type: 'boolean', default: false },
  },
})
const { postgres } = values
if (postgres === undefined) throw new Error('Name an empty database: --postgres postgresql://…')
const eventsWanted = values.quick ? 2_000 : Number(values.events)
const rounds = values.quick ? 1 : Number(values.rounds)

const PORTION = 1_024
const LIMIT_MS = 600_000
/** Without the rest that Emmett takes after each batch unless told, and with portions as large as ours. */
const HURRIED: Pulling = { batchSize: PORTION, pullingFrequencyInMs: 0 }

type Documents = ReadonlyMap<string, object>

const readWhole = async (readStore: ReturnType<typeof openSqliteReadStore>): Promise<Documents> => {
  const found = new Map<string, object>()
  for (let after = ''; ;) {
    const documents = await readStore.scan(orderSummary.collection.name, after)
    for (const { id, body } of documents) found.set(id, body)
    const last = documents.at(-1)
    if (last === undefined) return found
    after = last.id
  }
}

/** The same documents by our own build, into a fresh file. */
const rebuiltByUs = async (
  store: Pick<EventStore, 'subscribe'>,
): Promise<{ readonly seconds: number; readonly documents: Documents }> => {
  const folder = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  const readStore = openSqliteReadStore(join(folder, 'read-models.db'))
  try {
    const begin = performance.now()
    const isWhole = await build({
      store,
      readStore,
      projection: orderSummary,
      clock: systemClock,
      signal: AbortSignal.timeout(LIMIT_MS),
      portion: PORTION,
      isDone: (_, { caughtUp }) => caughtUp,
    })
    const seconds = (performance.now() - begin) / 1_000
    assert(isWhole, 'our build did not come to its end')
    return { seconds, documents: await readWhole(readStore) }
  } finally {
    await readStore.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const assertSame = (found: Documents, expected: Documents): void => {
  assert(found.size === expected.size, `${found.size} documents instead of ${expected.size}`)
  for (const [id, document] of expected)
    assert(isDeepStrictEqual(found.get(id), document), `order ${id} came out differently`)
}

const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
const eventsInLog = await storeTrade(directory, eventsWanted)
const node = await startStore(directory)
const store = connectEventStore({ connectionString: node.url, clock: systemClock })
try {
  const file = join(directory, 'trade.jsonl')
  const { events } = await exportTrade(store, file)
  assert(events === eventsInLog, `${events} of ${eventsInLog} events were exported`)
  let eventsFolded = 0
  const handled = new Set<string>(orderSummary.handles)
  for await (const { type } of importedTrade(file)) if (handled.has(type)) eventsFolded += 1
  console.log(`Appending ${events} events to Emmett's store …`)
  await appendTrade(postgres, file)

  const { documents: expected } = await rebuiltByUs(store)
  const byUs = async (): Promise<number> => {
    const { seconds, documents } = await rebuiltByUs(store)
    assertSame(documents, expected)
    return seconds
  }
  const byEmmett = async (pulling?: Pulling): Promise<number> => {
    const seconds = await rebuiltByEmmett(postgres, pulling)
    assertSame(await documentsOfEmmett(postgres), expected)
    return seconds
  }
  const turns = [
    { what: 'Kessai, SQLite, 1,024 at once', run: byUs, seconds: [] as number[] },
    { what: 'Emmett, PostgreSQL, as it comes (100 at once)', run: () => byEmmett(), seconds: [] as number[] },
    {
      what: 'Emmett, PostgreSQL, 1,024 at once, no rest',
      run: () => byEmmett(HURRIED),
      seconds: [] as number[],
    },
  ]
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1)
    for (const { what, run, seconds } of turns) {
      const took = await run()
      if (round > 0) seconds.push(took)
      console.log(`  ${what}: ${took.toFixed(2)} s, ${Math.round(eventsFolded / took)} events/s`)
    }
  const contestants: readonly Contestant[] = turns.map(({ what, seconds }) => ({
    what,
    eventsPerSecond: summary(seconds.map((each) => eventsFolded / each)),
  }))
  const results = {
    measuredOn: new Date().toISOString().slice(0, 10),
    environment: environment(),
    eventsInLog,
    eventsFolded,
    documents: expected.size,
    rounds,
    contestants,
  }
  console.log(peerReport(results))
  if (!values.quick) {
    const raw = new URL('../results/peer-emmett.json', import.meta.url)
    const page = new URL('../../docs/performance.md', import.meta.url)
    mkdirSync(new URL('.', raw), { recursive: true })
    writeFileSync(raw, `${JSON.stringify(results, null, 2)}\n`)
    const text = withMarkedPart(readFileSync(page, 'utf8'), 'peer', peerReport(results))
    assert(text !== undefined, 'docs/performance.md has lost its marks for peer')
    const style = await resolveConfig(page)
    writeFileSync(page, await format(text, { ...style, parser: 'markdown' }))
  }
} finally {
  await store.close()
  await node.stopAndRemove()
}
