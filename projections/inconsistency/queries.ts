import type { Facts } from '#domain/inconsistency/facts.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { INCONSISTENCY } from './collection.ts'
import type { Inconsistency } from './document.ts'

/** A case that somebody must look at: its id, which is the order's where it is about one, and what the copy knows. */
export interface Suspect {
  readonly id: string
  readonly facts: Facts
}

export interface InconsistencyQueries {
  /** Those to be looked at by this time, the longest due first; at most 1,000 at once. */
  readonly suspects: (upToMs: number, offset: number, limit: number) => Promise<readonly Suspect[]>
  /** When the newest event of all cases was recorded, by the log's own clock; undefined while there is none. */
  readonly newestAtMs: () => Promise<number | undefined>
}

export const inconsistencyQueries = (readStore: Pick<ReadStore, 'find'>): InconsistencyQueries => ({
  suspects: async (upToMs, offset, limit) => {
    const { items } = await readStore.find<Inconsistency>(INCONSISTENCY.name, {
      between: { suspectFromMs: { above: 0, upTo: upToMs } },
      sort: { by: 'suspectFromMs', direction: 'asc' },
      offset,
      limit,
      counted: false,
    })
    return items.map(({ id, body: { facts } }) => ({ id, facts }))
  },
  newestAtMs: async () => {
    const { items } = await readStore.find<Inconsistency>(INCONSISTENCY.name, {
      sort: { by: 'facts.newestAtMs', direction: 'desc' },
      limit: 1,
      counted: false,
    })
    return items[0]?.body.facts.newestAtMs
  },
})
