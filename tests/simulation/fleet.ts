import type { EventStore } from '#platform/eventstore/port.ts'
import type { CatchUpWitness } from './catch-up-witness.ts'
import type { DurableStores } from './durable-stores.ts'
import type { FaultPlan, RunPlan } from './fault-plan.ts'
import { startHost, type Host } from './host.ts'
import { startInstance, type Instance } from './instance.ts'
import type { PlantedBug } from './planted.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'
import type { SimulatedPayPay } from './simulated-paypay.ts'
import { simulatedReadStore } from './simulated-read-store.ts'

/** Counted over all instances: the nth call never leaves, or the nth that was done is never answered. */
export interface KillAt {
  readonly nth: number
  readonly when: 'before' | 'after'
}

export interface FleetOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly plan: RunPlan
  readonly faults: () => FaultPlan
  readonly paypay: SimulatedPayPay
  readonly storeOf: (host: Host) => EventStore
  readonly stores: DurableStores
  /** A fresh one for each life. */
  readonly witness: () => CatchUpWitness
  readonly bug: PlantedBug | undefined
  /** Where one life ends beside those the plan takes. */
  readonly killAt: KillAt | undefined
  /** How long the log has not grown. */
  readonly quietMs: () => number
  readonly onGrowth: (happened: () => void) => () => void
  readonly saw: Saw
  readonly trace: (what: string) => void
}

export interface Fleet {
  readonly start: () => void
  readonly any: () => Instance | undefined
  /** Asks one instance to end in order, after which it starts again. */
  readonly restart: (nth: number) => void
  /** The clock of one instance is this far off from now on. */
  readonly jump: (nth: number, byMs: number) => void
  readonly size: number
  /** Instances started so far. */
  readonly lives: () => number
  /** Calls to the outside so far. */
  readonly calls: () => number
}

const LONGEST_STOP_MS = 30_000

/** The instances of the shop: each dies now and then, and comes back knowing only what is durable. */
export const fleet = (options: FleetOptions): Fleet => {
  const { scheduler, random, plan, faults, paypay, killAt, saw, trace } = options
  const running: (Instance | undefined)[] = Array.from({ length: plan.instances }, () => undefined)

  const jumped: number[] = []
  let lives = 0
  let calls = 0
  let done = 0
  const begin = (nth: number): void => {
    lives += 1
    const host = startHost({
      name: `shop-${nth}`,
      scheduler,
      random,
      skewMs: nth === 0 ? 0 : faults().skewMs,
      saw,
      onCall: (host) => {
        calls += 1
        if (killAt?.when === 'before' && killAt.nth === calls) return die(nth, host)
        if (!random.chance(faults().kills)) return
        scheduler.after(random.between(0, 30), () => {
          if (host.isAlive()) die(nth, host)
        })
      },
      onDone: (host) => {
        done += 1
        if (killAt?.when === 'after' && killAt.nth === done && host.isAlive()) die(nth, host)
      },
    })
    running[nth] = startInstance({
      host,
      store: options.storeOf(host),
      readStore: simulatedReadStore(options.stores.of(nth), host, () => faults().checkpoints, saw),
      transport: paypay.transportOf(host),
      windowMs: plan.windowMs,
      readModels: plan.readModels,
      jumpedMs: () => (faults().clockJumps > 0 ? (jumped[nth] ?? 0) : 0),
      quietMs: options.quietMs,
      onGrowth: options.onGrowth,
      withAlerting: plan.withAlerting,
      witness: options.witness(),
      bug: options.bug,
      log: (message, detail) => {
        trace(`${host.name}: ${message} ${JSON.stringify(detail)}`)
      },
    })
    trace(`${host.name} is up`)
  }

  const die = (nth: number, host: Host): void => {
    trace(`${host.name} dies`)
    host.kill()
    running[nth] = undefined
    if (random.chance(faults().disksLost)) {
      trace(`${host.name} loses its read store`)
      saw('read store: lost')
      void options.stores.lose(nth)
    }
    scheduler.after(random.between(100, random.chance(0.2) ? 300_000 : 10_000), () => {
      begin(nth)
    })
  }

  return {
    size: plan.instances,
    jump: (nth, byMs) => {
      trace(`The clock of shop-${nth} jumps by ${byMs} ms`)
      saw('shop: a clock jumps by minutes')
      jumped[nth] = byMs
    },
    lives: () => lives,
    calls: () => calls,
    start: () => {
      if (plan.instances > 1) saw('shop: several instances')
      if (plan.instances > 1 && Math.abs(faults().skewMs) > 1_000) saw('shop: clocks seconds apart')
      for (let nth = 0; nth < plan.instances; nth += 1) begin(nth)
    },
    any: () => {
      const up = running.filter((instance) => instance !== undefined)
      return up[random.between(0, Math.max(0, up.length - 1))]
    },
    restart: (nth) => {
      const instance = running[nth]
      if (instance === undefined) return
      trace(`${instance.host.name} is asked to stop`)
      saw('shop: stopped in order')
      running[nth] = undefined
      let isOver = false
      const over = (): void => {
        if (isOver) return
        isOver = true
        if (instance.host.isAlive()) die(nth, instance.host)
      }
      void instance.stop().then(over)
      scheduler.after(LONGEST_STOP_MS, over)
    },
  }
}
