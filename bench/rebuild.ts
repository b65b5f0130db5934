import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { environment } from './environment.ts'
import { withMarkedPart } from './eventstore/marked-part.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { assert } from './measure.ts'
import { besideShop } from './rebuild/beside-shop.ts'
import { exponentsOf } from './rebuild/cost-exponent.ts'
import { killed } from './rebuild/killed.ts'
import { liveProcessing } from './rebuild/live-processing.ts'
import { openLiveShop } from './rebuild/live-shop.ts'
import { projectorMemory } from './rebuild/memory.ts'
import { queryTimes } from './rebuild/queries.ts'
import { rebuildReport, type RebuildResults } from './rebuild/report.ts'
import { rebuildSpeed, type SpeedAtScale } from './rebuild/speed.ts'
import { eventsOfOrders, storeTrade } from './rebuild/stored-trade.ts'
import { startStore } from './store-process.ts'

const { values } = parseArgs({
  options: {
    /** Only to see that it works; nothing is written. */
    quick: { type: 'boolean', default: false },
    /** One part or several: speed, queries (with the memory), beside, live, kills; nothing is written. */
    only: { type: 'string', multiple: true, default: [] },
    events: { type: 'string', multiple: true, default: [] },
    /** Of the speeds, those of this projection or several; nothing is written. */
    projection: { type: 'string', multiple: true, default: [] },
    orders: { type: 'string' },
    kills: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const { quick } = values
const wants = (part: string): boolean => values.only.length === 0 || values.only.includes(part)
const sizes =
  values.events.length > 0 ? values.events.map(Number) : quick ? [2_000, 8_000] : [10_000, 100_000, 1_000_000]
const rounds = Number(values.rounds ?? (quick ? 1 : 5))
/** A million events take minutes, and their ratio says nothing that several rounds would say better. */
const roundsAt = (events: number): number => (events >= 1_000_000 && values.rounds === undefined ? 1 : rounds)
const chosen = shopProjections.filter(
  ({ name }) => values.projection.length === 0 || values.projection.includes(name),
)
const eventsBeside = quick ? 3_000 : 100_000
const ordersStored = Number(values.orders ?? (quick ? 1_000 : 100_000))

const begin = performance.now()
const say = (what: string): void => {
  console.log(`${Math.round((performance.now() - begin) / 1_000)} s: ${what}`)
}
const emptyDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'kessai-bench-'))

const measureSpeed = async (): Promise<SpeedAtScale[]> => {
  const speed: SpeedAtScale[] = []
  for (const events of sizes) {
    say(`rebuilding ${events.toLocaleString('en')} events …`)
    speed.push(await rebuildSpeed(events, roundsAt(events), chosen))
  }
  return speed
}

const measureQueries = async () => {
  say(`folding ${ordersStored.toLocaleString('en')} orders …`)
  const directory = await emptyDirectory()
  await storeTrade(directory, eventsOfOrders(ordersStored))
  const node = await startStore(directory)
  try {
    const memory = await projectorMemory(directory, node.url, ordersStored)
    say('asking …')
    const queries = await queryTimes(directory, { orders: ordersStored, samples: quick ? 20 : 1_000 })
    return { memory, queries }
  } finally {
    await node.stopAndRemove()
  }
}

const measureLive = async () => {
  if (!wants('beside') && !wants('live')) return {}
  say('opening a shop to rebuild beside …')
  const directory = await emptyDirectory()
  const eventsInLog = await storeTrade(directory, eventsBeside)
  const shop = await openLiveShop(directory)
  try {
    if (wants('beside')) say('rebuilding beside it …')
    const beside = wants('beside')
      ? await besideShop(shop, { eventsInLog, ordersPerSecond: 50, secondsAlone: quick ? 3 : 20 })
      : undefined
    if (wants('live')) say('rebuilding beside it when it has all it can do …')
    const live = wants('live')
      ? await liveProcessing(shop, {
          projection: 'order-timeline',
          rounds: quick ? 1 : 5,
          secondsAlone: quick ? 1 : 5,
        })
      : undefined
    return { ...(beside === undefined ? {} : { beside }), ...(live === undefined ? {} : { live }) }
  } finally {
    await shop.close()
  }
}

const measureKills = () => {
  say('killing …')
  return killed({
    events: quick ? 8_000 : 100_000,
    kills: Number(values.kills ?? (quick ? 3 : 100)),
  })
}

const speed = wants('speed') ? await measureSpeed() : []
const stored = wants('queries') ? await measureQueries() : {}
const live = await measureLive()
const kills = wants('kills') ? await measureKills() : undefined
const results: RebuildResults = {
  measuredOn: new Date().toISOString().slice(0, 10),
  environment: environment(),
  tookSeconds: Math.round((performance.now() - begin) / 1_000),
  speed,
  exponents: exponentsOf(speed),
  ...stored,
  ...live,
  ...(kills === undefined ? {} : { kills }),
}
console.log(rebuildReport(results))

if (!quick && values.only.length === 0 && values.projection.length === 0) {
  const raw = new URL('./results/rebuild.json', import.meta.url)
  const page = new URL('../docs/performance.md', import.meta.url)
  mkdirSync(new URL('.', raw), { recursive: true })
  writeFileSync(raw, `${JSON.stringify(results, null, 2)}\n`)
  const text = withMarkedPart(readFileSync(page, 'utf8'), 'rebuild', rebuildReport(results))
  assert(text !== undefined, 'docs/performance.md has lost its marks for rebuild')
  const style = await resolveConfig(page)
  writeFileSync(page, await format(text, { ...style, parser: 'markdown' }))
}
