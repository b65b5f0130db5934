import type { ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { PROCESS_COLLECTIONS } from '#processmanagers/runner.ts'
import type { RunPlan } from './fault-plan.ts'

/** The read stores of all instances: what outlives a process, unless its disk goes too. */
export interface DurableStores {
  readonly open: () => Promise<void>
  readonly of: (nth: number) => ReadStore
  /** The disk is gone: the next life of this instance finds an empty store, and the log. */
  readonly lose: (nth: number) => Promise<void>
  readonly all: () => readonly ReadStore[]
  readonly close: () => Promise<void>
}

export const durableStores = ({ instances, sharedReadStore }: RunPlan): DurableStores => {
  const opened: ReadStore[] = []
  const current: ReadStore[] = []
  const openOne = async (nth: number): Promise<void> => {
    const readStore = openSqliteReadStore(':memory:')
    opened.push(readStore)
    current[nth] = readStore
    await readStore.prepare(PROCESS_COLLECTIONS)
  }
  return {
    open: async () => {
      for (let nth = 0; nth < (sharedReadStore ? 1 : instances); nth += 1) await openOne(nth)
    },
    of: (nth) => {
      const readStore = current[sharedReadStore ? 0 : nth]
      if (readStore === undefined) throw new Error(`Instance ${nth} has no read store`)
      return readStore
    },
    // Nobody drops a store that others are writing to.
    lose: async (nth) => {
      if (!sharedReadStore) await openOne(nth)
    },
    all: () => current,
    close: async () => {
      for (const readStore of opened) await readStore.close()
    },
  }
}
