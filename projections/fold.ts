import type { Position, RecordedEvent } from '#platform/eventstore/port.ts'
import type { StoredDocument, Write } from '#platform/readstore/port.ts'
import type { Logged } from './events.ts'
import { parkedKey, type ParkedKey } from './parked-keys.ts'
import { checkpointName, type Projection } from './projection.ts'

/** An event as the batch decoded it, once for all projections; a failure concerns only those that handle the type. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly event: Logged }
  | { readonly kind: 'undecodable'; readonly recorded: RecordedEvent; readonly error: unknown }

export interface FoldedKey {
  /** Undefined when nothing changed. */
  readonly write?: Write & { readonly position: Position }
  readonly parked?: ParkedKey
}

/**
 * Folds one key's events, in log order, into its document. Events at or below the document's position were folded
 * before and are passed over. What was folded before a failure is kept; the failing event and those after it are not.
 */
export const foldKey = (
  projection: Projection,
  key: string,
  stored: StoredDocument | undefined,
  events: readonly Decoded[],
): FoldedKey => {
  let body = stored?.body
  let position = stored?.position ?? -1
  let write: FoldedKey['write']
  for (const decoded of events) {
    const recorded = decoded.kind === 'decoded' ? decoded.event : decoded.recorded
    if (recorded.position <= position) continue
    try {
      if (decoded.kind === 'undecodable') throw decoded.error
      const evolved = projection.evolve(body, decoded.event)
      if (evolved === undefined) continue
      position = recorded.position
      body = evolved === 'delete' ? undefined : evolved
      const at = { collection: projection.collection.name, id: key, position }
      write = body === undefined ? { kind: 'delete', ...at } : { kind: 'put', ...at, body }
    } catch (error) {
      const parked = parkedKey(checkpointName(projection), key, recorded, error)
      return write === undefined ? { parked } : { write, parked }
    }
  }
  return write === undefined ? {} : { write }
}
