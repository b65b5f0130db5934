import { describe, expect, it } from 'vitest'
import { NO_FAULTS, type RunPlan } from './fault-plan.ts'
import { runSeed, type RunResult } from './run-seed.ts'

type Way = 'by PayPay' | 'from a wallet'

/** One buyer, one instance, and nothing goes wrong but the one death. */
const alone =
  (way: Way) =>
  (plan: RunPlan): RunPlan => ({
    ...plan,
    fromWallet: way === 'from a wallet' ? 1 : 0,
    orders: 1,
    instances: 1,
    products: 1,
    // One alone: each further one is a call more at which to die, and nothing new.
    readModels: ['order-audit'],
    withAlerting: false,
    faultsForMs: 60_000,
    windowMs: 5 * 60_000,
    faults: NO_FAULTS,
  })

/** Far enough that each path comes up, whatever a change of the product does to the seeds. */
const MOST_SEEDS = 200

/** The shortest of the first few runs in which all of these happen. */
const pathWith = async (way: Way, ...types: readonly string[]): Promise<RunResult> => {
  const runs: RunResult[] = []
  for (let seed = 1; seed <= MOST_SEEDS && runs.length < 3; seed += 1) {
    const run = await runSeed(seed, { reshaped: alone(way) })
    const happened = new Set(run.events.map(({ type }) => type))
    if (run.violations.length === 0 && types.every((type) => happened.has(type))) runs.push(run)
  }
  const [shortest] = runs.sort((a, b) => a.calls - b.calls)
  if (shortest === undefined) throw new Error(`No seed shows ${types.join(', ')}`)
  return shortest
}

/**
 * A process can only be told from one that lives on where it speaks to the outside: to the log, the read store or the
 * provider. So these are all the places where it can die: before a call leaves, and after it is done, unanswered.
 */
describe('a shop that is killed at any one of its calls, and started again, keeps every rule', () => {
  it.each([
    ['while an order is paid', ['OrderPaid']],
    ['while an order finds no stock', ['CheckoutShortageMet']],
    ['while an order is cancelled', ['OrderCancelled']],
    ['while money that comes late is given back', ['SurplusPaymentRecorded', 'RefundCompleted']],
    ['while staff give money and units back', ['OrderRefundRequested', 'RefundCompleted', 'StockReturned']],
    ['while a wallet pays', ['FundsDebited', 'OrderPaid'], 'from a wallet'],
    ['while a wallet gets its money back', ['FundsDebited', 'FundsRefunded'], 'from a wallet'],
  ] as const)('%s', { timeout: 600_000 }, async (_, types, way: Way = 'by PayPay') => {
    const { seed, calls } = await pathWith(way, ...types)
    expect(calls).toBeGreaterThan(20)
    const broken: string[] = []
    let deaths = 0
    for (const when of ['before', 'after'] as const)
      for (let nth = 1; nth <= calls; nth += 1) {
        const { violations, lives } = await runSeed(seed, { reshaped: alone(way), killAt: { nth, when } })
        if (lives === 2) deaths += 1
        for (const { rule, message } of violations)
          broken.push(`seed ${seed}, ${when} call ${nth}: ${rule} ${message}`)
      }
    expect(broken).toStrictEqual([])
    // The very last calls may be under way when the run ends.
    expect(deaths).toBeGreaterThan(2 * calls - 10)
  })
})
