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
  readonly saw: Saw
}

const SHORTEST_MS = 1_000
const LONGEST_MS = 180_000

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
  for (let nth = 0; nth < faults.stops; nth += 1) scheduler.after(someTime(), options.restart)
}
