import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { plantedBy } from './planted-bugs.ts'
import { progress } from './progress.ts'
import { runSeed } from './run-seed.ts'
import { runSeeds } from './seed-pool.ts'
import { seedReport } from './seed-report.ts'
import { settingBy } from './settings.ts'
import { tally } from './tally.ts'
import type { Told } from './telling.ts'

/** Runs the simulation from a shell: many seeds on several threads, or one of them with everything that happens. */

const positive = (text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('must be a whole number from 1 on')
  return number
}

const MOST_TOLD = 5
/** As a shell says of a program that was interrupted. */
const INTERRUPTED = 130

const command = new Command('simulation')
  .option('--seeds <n>', 'how many seeds to run', positive, 1_000)
  .option('--from <seed>', 'the first of them', positive, 1)
  .option('--workers <n>', 'on how many threads', positive, availableParallelism())
  .option('--seed <seed>', 'run this one alone', positive)
  .option('--orders <n>', 'at most so many orders per seed', positive)
  .option('--bug <name>', 'plant a bug, and stop at the first seed that finds it')
  .option('--setting <name>', 'make what happens too seldom happen in nearly every run')
  .option('--trace', 'with --seed: print everything that happens', false)
  .parse()
const given = command.opts<{
  seeds: number
  from: number
  workers: number
  seed?: number
  orders?: number
  bug?: string
  setting?: string
  trace: boolean
}>()

const how: Told = {
  ...(given.orders === undefined ? {} : { mostOrders: given.orders }),
  ...(given.bug === undefined ? {} : { bug: given.bug }),
  ...(given.setting === undefined ? {} : { setting: given.setting }),
}
const named = <T>(by: (name: string | undefined) => T, name: string | undefined): T => {
  try {
    return by(name)
  } catch (error) {
    return command.error(String(error))
  }
}
const planted = named(plantedBy, given.bug)
const setting = named(settingBy, given.setting)

const counts = tally()

const runOne = async (seed: number): Promise<void> => {
  const print = (line: string): void => {
    console.log(line)
  }
  const result = await runSeed(seed, {
    ...(how.mostOrders === undefined ? {} : { mostOrders: how.mostOrders }),
    ...(planted === undefined ? {} : { bug: planted.bug }),
    ...(setting === undefined ? {} : { reshaped: setting.reshaped }),
    ...(given.trace ? { trace: print } : {}),
  })
  const report = seedReport(result, how)
  counts.add(report)
  if (report.failure !== undefined) print(`${report.failure}\n`)
  print(`seed ${seed}: log ${result.logHash}`)
}

const stopping = new AbortController()

const runMany = async (): Promise<void> => {
  const shown = progress({
    count: given.seeds,
    out: process.stderr,
    print: (text) => {
      console.log(text)
    },
    nowMs: () => performance.now(),
  })
  const interrupt = (): void => {
    stopping.abort('interrupted')
  }
  // Once: whoever cannot wait for the seeds under way asks again, and that ends everything.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    await runSeeds({
      first: given.from,
      count: given.seeds,
      workers: given.workers,
      how,
      signal: stopping.signal,
      onReport: (report) => {
        counts.add(report)
        if (report.failure !== undefined && counts.failed().length <= MOST_TOLD)
          shown.say(`${report.failure}\n`)
        if (report.failure !== undefined && planted !== undefined) stopping.abort('found')
        shown.update({ done: counts.seeds(), events: counts.events(), failed: counts.failed().length })
      },
    })
  } finally {
    shown.stop()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

await (given.seed === undefined ? runMany() : runOne(given.seed))

const wasInterrupted = stopping.signal.reason === 'interrupted'
if (wasInterrupted) console.log(`stopped after ${counts.seeds()} of ${given.seeds} seeds`)
for (const line of counts.lines()) console.log(line)
process.exitCode = counts.failed().length > 0 ? 1 : wasInterrupted ? INTERRUPTED : 0
