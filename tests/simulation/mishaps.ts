import type { RunPlan } from './fault-plan.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'

export interface MishapsOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly plan: RunPlan
  readonly setLogAway: (isAway: boolean) => void
  readonly setProviderOut: (isOut: boolean) => void
  /** Some instance is asked to stop, and started again. */
  readonly restart: () => void
  /** The clock of some instance is this far off from now on. */
  readonly jump: (byMs: number) => void
  readonly saw: Saw
}

const SHORTEST_MS = 1_000
const LONGEST_MS = 180_000
const LONGEST_JUMP_MS = 60 * 60_000

/** What happens to whole parts of the world at times of its own: outages, and orderly restarts. */
export const scheduleMishaps = (options: MishapsOptions): void => {
  const { scheduler, random, plan } = options
  const { faults, faultsForMs } = plan
  const someTime = (): number => random.between(0, faultsForMs)
  const outages = (count: number, setAway: (isAway: boolean) => void): void => {
    let away = 0
    for (let nth = 0; nth < count; nth += 1)
      scheduler.after(someTime(), () => {
        away += 1
        setAway(true)
        scheduler.after(random.between(SHORTEST_MS, LONGEST_MS), () => {
          away -= 1
          setAway(away > 0)
        })
      })
  }
  outages(faults.log.outages, (isAway) => {
    if (isAway) options.saw('log: away')
    options.setLogAway(isAway)
  })
  outages(faults.provider.outages, options.setProviderOut)
  const jumps = random.fork('clock jumps')
  for (let nth = 0; nth < faults.clockJumps; nth += 1)
    scheduler.after(jumps.between(0, faultsForMs), () => {
      const byMs = jumps.between(-LONGEST_JUMP_MS, LONGEST_JUMP_MS)
      options.jump(jumps.chance(0.2) ? 0 : byMs)
    })
  for (let nth = 0; nth < faults.stops; nth += 1) scheduler.after(someTime(), options.restart)
}
