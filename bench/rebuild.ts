import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { besideShop } from './rebuild/beside-shop.ts'
import { killed } from './rebuild/killed.ts'
import { costExponent, rebuildSpeed, type SpeedAtScale } from './rebuild/speed.ts'

const { values } = parseArgs({
  options: {
    /** Only to see that it works; nothing is written. */
    quick: { type: 'boolean', default: false },
    /** One part or several: speed, beside, kills. */
    only: { type: 'string', multiple: true, default: [] },
    events: { type: 'string', multiple: true, default: [] },
    kills: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const wants = (part: string): boolean => values.only.length === 0 || values.only.includes(part)
const sizes =
  values.events.length > 0
    ? values.events.map(Number)
    : values.quick
      ? [2_000, 8_000]
      : [10_000, 100_000, 1_000_000]
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))

const speed: SpeedAtScale[] = []
if (wants('speed'))
  for (const events of sizes) {
    console.log(`Rebuilding ${events.toLocaleString('en')} events …`)
    // A million events take minutes, and their ratio says nothing that fewer rounds do not.
    const measured = await rebuildSpeed(events, events >= 1_000_000 ? Math.min(rounds, 2) : rounds)
    console.log(`  reading alone ${Math.round(measured.rawEventsPerSecond.median)} events/s`)
    for (const { projection, events, eventsPerSecond, ratio, seconds } of measured.rebuilds)
      console.log(
        `  ${projection}: ${events} events in ${seconds.median.toFixed(1)} s, ${Math.round(eventsPerSecond.median)}/s, R3 ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
      )
    speed.push(measured)
  }
const exponents = (speed[0]?.rebuilds ?? []).map(({ projection }) => ({
  projection,
  exponent: costExponent(
    speed.flatMap(({ rebuilds }) =>
      rebuilds
        .filter((each) => each.projection === projection)
        .map(({ events, seconds }) => ({ events, seconds: seconds.median })),
    ),
  ),
  cpuExponent: costExponent(
    speed.flatMap(({ rebuilds }) =>
      rebuilds
        .filter((each) => each.projection === projection)
        .map(({ events, cpuSeconds }) => ({ events, seconds: cpuSeconds.median })),
    ),
  ),
}))
for (const { projection, exponent, cpuExponent } of exponents)
  console.log(`R4 ${projection}: ${exponent.toFixed(3)}, by processor time ${cpuExponent.toFixed(3)}`)

const beside = wants('beside')
  ? await besideShop({ events: values.quick ? 5_000 : 100_000, ordersPerSecond: 50 })
  : undefined
if (beside !== undefined) console.log('Beside a shop at 50 orders/s:', beside)

const kills = wants('kills')
  ? await killed({
      events: values.quick ? 8_000 : 100_000,
      kills: Number(values.kills ?? (values.quick ? 3 : 100)),
    })
  : undefined
if (kills !== undefined) console.log('Killed:', kills)

if (!values.quick && values.only.length === 0) {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const results = {
    measuredOn: new Date().toISOString().slice(0, 10),
    environment: {
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 1e9),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    },
    speed,
    exponents,
    beside,
    kills,
  }
  writeFileSync(new URL('rebuild.json', folder), `${JSON.stringify(results, null, 2)}\n`)
}
