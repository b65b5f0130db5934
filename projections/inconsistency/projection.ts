import { FACT_TYPES, foldFacts, NO_FACTS } from '#domain/inconsistency/facts.ts'
import { suspectFromMs } from '#domain/inconsistency/judging.ts'
import { orderOf, type Logged } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { INCONSISTENCY } from './collection.ts'
import type { Inconsistency } from './document.ts'

/**
 * About which orders could order and payment disagree, now or later? It only says where to look: alerting judges on
 * the streams themselves.
 */
export const inconsistency = defineProjection<Inconsistency, Logged<(typeof FACT_TYPES)[number]>>({
  name: 'inconsistency',
  version: 1,
  collection: INCONSISTENCY,
  handles: FACT_TYPES,
  key: orderOf,
  evolve: (document, event) => {
    const before = document?.facts ?? NO_FACTS
    const facts = foldFacts(before, event)
    if (facts === before) return undefined
    const from = suspectFromMs(facts)
    return { facts, ...(from !== undefined && { suspectFromMs: from }) }
  },
})
