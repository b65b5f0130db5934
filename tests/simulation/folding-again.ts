import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { decode } from '#projections/events.ts'
import type { Projection } from '#projections/projection.ts'
import { firstDifference } from '#projections/rebuild/difference.ts'
import { documentsIn } from '#projections/rebuild/hash.ts'
import type { Violation } from './violation.ts'

/** I9: the stored documents are what the log comes to when it is folded once, from its start; no more, and no fewer. */
export const readModelsDiffer = async (
  events: readonly RecordedEvent[],
  readStore: ReadStore,
  projections: readonly Projection[],
): Promise<readonly Omit<Violation, 'atMs'>[]> => {
  const found: Omit<Violation, 'atMs'>[] = []
  for (const projection of projections) {
    const { name } = projection.collection
    const folded = foldedOnce(events, projection)
    const stored = new Map<string, object>()
    for await (const { id, body } of documentsIn(readStore, name)) stored.set(id, body)
    for (const id of new Set([...folded.keys(), ...stored.keys()])) {
      const difference = firstDifference(stored.get(id), folded.get(id))
      if (difference === undefined) continue
      const { path, stored: kept, fresh } = difference
      found.push({
        rule: 'I9',
        message: 'A document is not what its events come to',
        facts: { collection: name, id, path, stored: shown(kept), folded: shown(fresh) },
      })
    }
  }
  return found
}

const foldedOnce = (
  events: readonly RecordedEvent[],
  projection: Projection,
): ReadonlyMap<string, object> => {
  const folded = new Map<string, object>()
  const handled = new Set<string>(projection.handles)
  for (const recorded of events) {
    if (!handled.has(recorded.type)) continue
    const id = projection.key(recorded)
    const document = projection.evolve(folded.get(id), decode(recorded))
    if (document === 'delete') folded.delete(id)
    else if (document !== undefined) folded.set(id, document)
  }
  return folded
}

const LONGEST_SHOWN = 60

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, LONGEST_SHOWN)
