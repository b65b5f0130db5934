import type { Clock } from '#platform/clock/clock.ts'
import type { Fence } from '#platform/readstore/port.ts'
import { RENEW_EVERY_MS, type Lease, type Leases } from './leases.ts'

/** Which projections this process hosts; without leases all of them, because it is the only process. */
export interface Election {
  /** Takes what is free, once; resolves with the names that are ours now. */
  readonly stand: () => Promise<readonly string[]>
  /** Of every projection that is ours: a commit goes through only while all of them hold. */
  readonly fences: () => readonly Fence[]
  /** Says that we live until the signal ends; `onTurn` when one was lost, or one that another process held is free. */
  readonly hold: (signal: AbortSignal, onTurn: (why: string) => void) => Promise<void>
  readonly resign: () => Promise<void>
}

export interface ElectionOptions {
  readonly names: readonly string[]
  readonly leases: Leases | undefined
  readonly clock: Clock
  /** What is said with each renewal, for whoever looks from outside. */
  readonly report: (name: string) => object
}

export const election = ({ names, leases, clock, report }: ElectionOptions): Election => {
  const held = new Map<string, Lease>()
  let fences: readonly Fence[] = []

  const take = async (name: string): Promise<boolean> => {
    const lease = await leases?.acquire(name)
    if (lease === undefined) held.delete(name)
    else held.set(name, lease)
    fences = [...held.values()].map(({ fence }) => fence)
    return lease !== undefined
  }

  return {
    stand: async () => {
      if (leases === undefined) return names
      for (const name of names) await take(name)
      return names.filter((name) => held.has(name))
    },
    fences: () => fences,
    hold: async (signal, onTurn) => {
      if (leases === undefined) return
      while (!signal.aborted) {
        await clock.sleep(RENEW_EVERY_MS, signal)
        if (signal.aborted) return
        try {
          for (const name of names) {
            const lease = held.get(name)
            if (lease === undefined) {
              if (await take(name)) return onTurn(`${name} is ours now`)
            } else if (!(await lease.renew(report(name))))
              return onTurn(`${name} was taken over by another process`)
          }
        } catch {
          // The read store is away: who depends on it finds out by itself, and silence hands the leases on.
        }
      }
    },
    resign: async () => {
      const ours = [...held.values()]
      held.clear()
      fences = []
      // Who cannot be told takes us for gone before long.
      await Promise.allSettled(ours.map((lease) => lease.release()))
    },
  }
}
