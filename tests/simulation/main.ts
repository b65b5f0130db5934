import { Command, InvalidArgumentError } from 'commander'
import { KNOWN } from './known.ts'
import { PLANTED } from './planted-bugs.ts'
import { runSeed, type RunOptions } from './run-seed.ts'
import { told, type Told } from './telling.ts'

/** Runs the simulation from a shell: many seeds, or one of them with everything that happens. */

const positive = (text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('must be a whole number from 1 on')
  return number
}

const MOST_TOLD = 5
const REPORTS = 20

const command = new Command('simulation')
  .option('--seeds <n>', 'how many seeds to run', positive, 1_000)
  .option('--from <seed>', 'the first of them', positive, 1)
  .option('--seed <seed>', 'run this one alone', positive)
  .option('--orders <n>', 'at most so many orders per seed', positive)
  .option('--bug <name>', 'plant a bug, and stop at the first seed that finds it')
  .option('--trace', 'print everything that happens', false)
  .parse()
const given = command.opts<{
  seeds: number
  from: number
  seed?: number
  orders?: number
  bug?: string
  trace: boolean
}>()

const planted = given.bug === undefined ? undefined : PLANTED.find(({ name }) => name === given.bug)
if (given.bug !== undefined && planted === undefined)
  command.error(`Unknown bug; there are:\n${PLANTED.map(({ name }) => `  ${name}`).join('\n')}`)

const mostOrders = given.orders
const options: RunOptions = {
  ...(mostOrders === undefined ? {} : { mostOrders }),
  ...(planted === undefined ? {} : { bug: planted.bug }),
  ...(given.trace
    ? {
        trace: (line) => {
          console.log(line)
        },
      }
    : {}),
}
const how: Told = {
  ...(mostOrders === undefined ? {} : { mostOrders }),
  ...(given.bug === undefined ? {} : { bug: given.bug }),
}

const first = given.seed ?? given.from
const count = given.seed === undefined ? given.seeds : 1
const known = new Map<string, number[]>()
const statuses = new Map<string, number>()
const failed: number[] = []
let events = 0
let reported = 0
const startedAtMs = performance.now()

for (let seed = first; seed < first + count; seed += 1) {
  const result = await runSeed(seed, options)
  events += result.events.length
  for (const [status, orders] of Object.entries(result.statuses))
    statuses.set(status, (statuses.get(status) ?? 0) + orders)
  for (const message of new Set(result.known.map(({ message }) => message)))
    known.set(message, [...(known.get(message) ?? []), seed])
  if (result.violations.length > 0) {
    failed.push(seed)
    if (failed.length <= MOST_TOLD) console.log(`${told(result, how) ?? ''}\n`)
    if (planted !== undefined) break
  }
  if (given.seed !== undefined) console.log(`seed ${seed}: log ${result.logHash}`)
  const portion = Math.floor(((seed - first + 1) / count) * REPORTS)
  if (count > 1 && portion > reported) {
    reported = portion
    const elapsedS = ((performance.now() - startedAtMs) / 1_000).toFixed(1)
    console.error(
      `${seed - first + 1} of ${count} seeds, ${events} events, ${failed.length} failed, ${elapsedS} s`,
    )
  }
}

for (const { rule, message, cause } of KNOWN) {
  const seeds = known.get(message)
  if (seeds !== undefined)
    console.log(`known: ${rule} ${message} in ${seeds.length} seeds, first ${seeds[0]}\n  ${cause}`)
}
console.log(`orders: ${[...statuses].map(([status, orders]) => `${orders} ${status}`).join(', ')}`)
console.log(
  failed.length === 0
    ? `simulation: ${count} seeds, ${events} events, no violation`
    : `simulation: ${failed.length} seeds failed: ${failed.slice(0, 20).join(' ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
