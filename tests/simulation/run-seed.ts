import { createHash } from 'node:crypto'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { alertsInTime } from './alerts-in-time.ts'
import { buyers } from './buyers.ts'
import { NO_FAULTS, planOf, type FaultPlan, type RunPlan } from './fault-plan.ts'
import { catchUpWitness } from './catch-up-witness.ts'
import { findings } from './findings.ts'
import { fleet, type KillAt } from './fleet.ts'
import { rulesOf } from './invariants.ts'
import { isEnded, orderViews } from './order-views.ts'
import type { PlantedBug } from './planted.ts'
import { productsOf, stockUp } from './goods.ts'
import { scheduleMishaps } from './mishaps.ts'
import { durableStores } from './durable-stores.ts'
import { randomness, type Randomness } from './randomness.ts'
import { auditLacks } from './audit-whole.ts'
import { readModelsDiffer } from './folding-again.ts'
import { scheduler as schedulerFrom } from './scheduler.ts'
import { simulatedLog } from './simulated-log.ts'
import { simulatedPayPay, type SimulatedPayPay } from './simulated-paypay.ts'
import { refundTruth } from './refund-truth.ts'
import { projectionsOf } from './simulated-projections.ts'
import { sighting, type Sight } from './sights.ts'
import { savers as saversOf } from './savers.ts'
import { staff } from './staff.ts'
import { truth as truthOf } from './truth.ts'
import type { Violation } from './violation.ts'
import { webhooks as webhooksOf } from './webhooks.ts'

export interface RunOptions {
  readonly mostOrders?: number
  readonly bug?: PlantedBug
  readonly killAt?: KillAt
  readonly trace?: (line: string) => void
  /** Changes what the seed drew, for a spec that is about one thing. */
  readonly reshaped?: (plan: RunPlan) => RunPlan
}

export interface RunResult {
  readonly seed: number
  readonly plan: RunPlan
  /** The first one ends the run. */
  readonly violations: readonly Violation[]
  /** Of bugs that are listed as known; they end nothing. */
  readonly known: readonly Violation[]
  readonly events: readonly RecordedEvent[]
  /** The whole log in one number: the same seed always gives the same. */
  readonly logHash: string
  readonly steps: number
  /** How many times an instance was started. */
  readonly lives: number
  /** How many calls to the outside they made. */
  readonly calls: number
  readonly statuses: Readonly<Record<string, number>>
  /** How often each thing that can go wrong did. */
  readonly sights: ReadonlyMap<Sight, number>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** After the last fault, until everything that was put off has been taken up again. */
const RECOVERY_MS = 5 * MINUTE_MS
/** From then on, until the last buyer has come. */
const LATEST_ARRIVAL_MS = 10 * MINUTE_MS
/** From the end of the last window: in-flight payments take up to half an hour, and everything then some minutes. */
const ENDED_AFTER_MS = 45 * MINUTE_MS
/** The ladder's day, and then the hours between its last two rungs. */
const WATCHED_FOR_MS = 31 * HOUR_MS
const LATE_WEBHOOKS_MS = 80 * HOUR_MS

/** Runs one seed to its end, or to the first violation. Never rejects: what is thrown is a violation too. */
export const runSeed = async (seed: number, options: RunOptions = {}): Promise<RunResult> => {
  const chance = randomness(seed)
  const drawn = planOf(chance.fork('plan'), options.mostOrders)
  const plan = options.reshaped?.(drawn) ?? drawn
  const scheduler = schedulerFrom(plan.startMs, chance.fork('order of things'))
  const { nowMs } = scheduler
  const calmFromMs = plan.startMs + plan.faultsForMs
  const isRough = (): boolean => nowMs() < calmFromMs
  const faults = (): FaultPlan => (isRough() ? plan.faults : NO_FAULTS)
  const { saw, counts: sights } = sighting()
  const trace = (what: string): void => options.trace?.(`${new Date(nowMs()).toISOString()} ${what}`)

  const { found, violations, known } = findings(nowMs, ({ rule, message }) => {
    trace(`VIOLATION ${rule} ${message}`)
    scheduler.stop()
  })

  const log = memoryLog({ nowMs, monotonicMs: nowMs, sleep: scheduler.sleep, timer: scheduler.after })
  const views = orderViews()
  let paypay: SimulatedPayPay | undefined
  const truth = truthOf({
    paypay: () => paypay ?? unopened(),
    views,
    nowMs,
    skewMs: plan.faults.skewMs,
    found,
  })
  const rules = rulesOf(truth, views, found, plan.withAlerting)
  const refunds = refundTruth({ paypay: () => paypay ?? unopened(), nowMs, found })
  const alerts = alertsInTime({
    scheduler,
    recoveredFromMs: calmFromMs + RECOVERY_MS,
    skewMs: plan.faults.skewMs,
    found,
  })
  let seen = 0
  const awaiting = new Set<() => void>()
  const grown = (): void => {
    for (; seen < log.events.length; seen += 1) {
      const event = log.events[seen]
      if (event === undefined) return
      trace(`  ${event.type} ${event.revision}@${event.stream} by ${event.metadata.actor}`)
      views.see(event)
      rules.see(event)
      refunds.see(event)
      if (plan.withAlerting) alerts.see(event)
      backOffice.see(event)
    }
    for (const happened of awaiting) happened()
    awaiting.clear()
  }

  const aheadRandom = chance.fork('ahead')
  const opened = simulatedPayPay({
    scheduler,
    seed,
    knobs: plan.knobs,
    slowestMs: plan.slowestMs,
    faults: () => faults().provider,
    witness: {
      created: (merchantPaymentId) => {
        trace(`  PayPay made a code for ${merchantPaymentId}`)
        truth.created(merchantPaymentId)
        if (!aheadRandom.chance(faults().buyers.ahead)) return
        shoppers.payAhead(merchantPaymentId)
      },
      cancelled: truth.cancelled,
      refunded: truth.refunded,
      lied: truth.lied,
    },
    saw,
    trace,
  })
  paypay = opened

  const stores = durableStores(plan)
  const shops = fleet({
    scheduler,
    random: chance.fork('hosts'),
    plan,
    faults,
    paypay: opened,
    storeOf: (host) =>
      simulatedLog({ log, host, faults: () => faults().log, slowestMs: plan.slowestMs, grown, saw }),
    stores,
    witness: () => catchUpWitness({ events: () => log.events, nowMs, found }),
    quietMs: () => nowMs() - (log.events.at(-1)?.createdAtMs ?? nowMs()),
    onGrowth: (happened) => {
      awaiting.add(happened)
      return () => awaiting.delete(happened)
    },
    bug: options.bug,
    killAt: options.killAt,
    saw,
    trace,
  })
  const webhooks = webhooksOf({
    scheduler,
    random: chance.fork('webhooks'),
    faults: () => faults().webhooks,
    anyInstance: shops.any,
    isIssued: truth.isIssued,
    saw,
  })
  const shoppers = buyers({
    scheduler,
    random: chance.fork('buyers'),
    plan,
    products: productsOf(plan),
    paypay: opened,
    webhooks,
    truth,
    views,
    anyInstance: shops.any,
    isRough,
    placed: rules.placed,
    saw,
    paid: (view, merchantPaymentId) => {
      const isCalm = nowMs() > calmFromMs + RECOVERY_MS
      if (!isCalm || nowMs() > view.windowEndsAtMs - MINUTE_MS || isEnded(view)) return
      scheduler.after(MINUTE_MS, () => {
        rules.mustBeJudged(view.orderId, merchantPaymentId)
      })
    },
    trace,
  })

  const savers = saversOf({
    scheduler,
    random: chance.fork('savers'),
    products: productsOf(plan),
    views,
    anyInstance: shops.any,
    placed: rules.placed,
    saw,
    trace,
  })

  const backOffice = staff({
    scheduler,
    random: chance.fork('staff'),
    anyInstance: shops.any,
    found,
    saw,
    trace,
  })

  const endMs =
    calmFromMs +
    RECOVERY_MS +
    plan.windowMs +
    (plan.faults.webhooks.late > 0 ? LATE_WEBHOOKS_MS : WATCHED_FOR_MS)
  try {
    await stores.open()
    await stockUp(log, chance.fork('stock'), plan, nowMs)
    grown()
    shops.start()
    scheduleMishaps({
      scheduler,
      random: chance.fork('mishaps'),
      plan,
      setLogAway: log.setAway,
      setProviderOut: opened.setOutage,
      saw,
      jump: (byMs) => {
        shops.jump(chance.fork(`jump ${nowMs()}`).between(0, shops.size - 1), byMs)
      },
      restart: () => {
        shops.restart(chance.fork(`restart ${nowMs()}`).between(0, shops.size - 1))
      },
    })
    const arrivals = chance.fork('arrivals')
    const ways = chance.fork('ways of paying')
    for (let nth = 0; nth < plan.orders; nth += 1) {
      const kind = ways.chance(plan.fromWallet) ? savers : shoppers
      kind.arrive(nth, arrivalMs(plan, arrivals))
    }
    scheduler.after(
      plan.faultsForMs + RECOVERY_MS + LATEST_ARRIVAL_MS + plan.windowMs + ENDED_AFTER_MS,
      rules.mustHaveEnded,
    )
    await scheduler.run(endMs)
    if (violations.length === 0) rules.settle(nowMs())
    if (violations.length === 0)
      for (const readStore of stores.all()) {
        const projections = projectionsOf(plan.readModels, options.bug)
        for (const each of await auditLacks(log.events, readStore, projections)) found(each)
        for (const each of await readModelsDiffer(log.events, readStore, projections)) found(each)
      }
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    found({ rule: 'crash', message: told, facts: {} })
  } finally {
    await stores.close()
  }

  const statuses: Record<string, number> = {}
  for (const { status } of views.all()) statuses[status] = (statuses[status] ?? 0) + 1
  return {
    seed,
    plan,
    violations,
    known,
    lives: shops.lives(),
    calls: shops.calls(),
    events: log.events,
    logHash: hashOf(log.events),
    steps: scheduler.steps(),
    statuses,
    sights,
  }
}

/** Two in three come while things go wrong; the others find a shop that has had its troubles. */
const arrivalMs = ({ faultsForMs }: RunPlan, random: Randomness): number =>
  random.chance(0.7)
    ? random.between(0, Math.floor(faultsForMs / 2))
    : faultsForMs + RECOVERY_MS + random.between(0, LATEST_ARRIVAL_MS)

const unopened = (): never => {
  throw new Error('Asked for before it is there')
}

const hashOf = (events: readonly RecordedEvent[]): string => {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return hash.digest('hex')
}
