import type { ReadStore } from '#platform/readstore/port.ts'
import type { ParkedKey } from './parked-keys.ts'
import { parking } from './parked-keys.ts'
import { answering, askedReplays } from './parked-replays.ts'
import { retakeParked, retakeProjection, type RetakingOptions } from './retaking.ts'

export interface ReplayingOptions extends Omit<RetakingOptions, 'names'> {
  /** The copies this process feeds now. */
  readonly names: () => readonly string[]
  readonly nowMs: () => number
  readonly warn: (facts: object, message: string) => void
}

/** Takes parked keys up again, beside the live reading: one such reading at a time, whoever wanted it. */
export interface Replaying {
  /** What an earlier build could not read: once, so that nobody waits for it. */
  readonly all: () => void
  /** What somebody asked for, if anything; to be called again and again. */
  readonly asked: () => void
  /** Resolves when nothing is under way any more; the signal ends what is. */
  readonly ended: () => Promise<void>
}

export const replaying = ({ names, nowMs, warn, ...options }: ReplayingOptions): Replaying => {
  let underWay: Promise<void> | undefined
  let hasBegun = false
  const begin = (work: () => Promise<void>): void => {
    const under = work().catch((error: unknown) => {
      warn({ error }, 'Parked keys could not be taken up again and stay parked')
    })
    underWay = under
    void under.then(() => {
      if (underWay === under) underWay = undefined
    })
  }
  return {
    all: () => {
      if (hasBegun) return
      hasBegun = true
      begin(() => retakeParked({ ...options, names: names() }))
    },
    asked: () => {
      // Two readings at once could let go of a key that the other one has just parked again.
      if (!hasBegun || underWay !== undefined || options.signal.aborted) return
      begin(() => replayAsked({ ...options, names: names() }, nowMs))
    },
    ended: () => underWay ?? Promise.resolve(),
  }
}

const replayAsked = async (options: RetakingOptions, nowMs: () => number): Promise<void> => {
  const { names, readStore } = options
  if (names.length === 0) return
  const asked = await askedReplays(readStore, names)
  for (const name of names) {
    const keys = new Set(asked.filter(({ projection }) => projection === name).map(({ key }) => key))
    if (keys.size === 0) continue
    const { isDone, failed } = await retakeProjection(name, options, keys)
    if (isDone) await noteTries(name, keys, failed, options, nowMs())
  }
}

/** A key that is parked still says when it was tried and what stood in the way; the request is done either way. */
const noteTries = async (
  name: string,
  keys: ReadonlySet<string>,
  failed: ReadonlyMap<string, string>,
  { change, readStore }: Pick<RetakingOptions, 'change'> & { readonly readStore: ReadStore },
  triedAtMs: number,
): Promise<void> => {
  await change(name, async (current) => {
    const parked = new Map(current.parked)
    const tried: ParkedKey[] = []
    for (const key of keys) {
      const entry = current.parked.get(key)
      if (entry === undefined) continue
      const now = { ...entry, error: failed.get(key) ?? entry.error, triedAtMs }
      tried.push(now)
      parked.set(key, now)
    }
    const done = [...keys].map((key) => answering({ projection: name, key }))
    await readStore.commit({ writes: [...tried.map(parking), ...done] })
    return { next: { ...current, parked }, changes: [], parked: [], isDone: true }
  })
}
