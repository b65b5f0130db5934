import type { CollectionSpec } from '#platform/readstore/port.ts'
import type { EventFacts, Logged } from './events.ts'

/** The document after an event, `delete` to drop it, or undefined where the event changes nothing. */
export type Evolved<D extends object> = D | 'delete' | undefined

/**
 * One question, answered from the log. Pure: no clock, chance or I/O, so that a replay gives the same documents and a
 * rebuild has no side effects. It sets rather than increments where it can; where it must add up, the runner's guard
 * (no event at or below the document's position) keeps a replay from adding twice.
 */
export interface Projection<D extends object = object, E extends Logged = Logged> {
  /** The question: `order-timeline`. */
  readonly name: string
  /** Raised when `evolve` means something else: the documents are then built again beside the old ones. */
  readonly version: number
  /** Which of the copies that stand beside each other; the first one unless told. */
  readonly generation?: number
  /** Its name is `name@version`, as is the checkpoint's; that of a later generation ends in `#generation`. */
  readonly collection: CollectionSpec
  readonly handles: readonly E['type'][]
  /**
   * Set where each document is made from one stream alone: a revision that was left out on the way parks its key, because
   * the document would be silently wrong. Elsewhere it is only told.
   */
  readonly followsOneStream?: true
  /** The id of the document an event belongs to; asked before the data is decoded. May throw: the stream is parked. */
  key(event: EventFacts): string
  /** May throw on an impossible state: the key is parked and everything else goes on. */
  evolve(document: D | undefined, event: E): Evolved<D>
}

/** Checks that the names agree; `handles` narrows the events `evolve` sees. */
export const defineProjection = <D extends object, E extends Logged>(
  projection: Projection<D, E>,
): Projection<D, E> => {
  if (projection.collection.name !== checkpointName(projection))
    throw new Error(`The collection of ${projection.name} must be named ${checkpointName(projection)}`)
  return projection
}

/** Checkpoints and subscriptions are explicit about the version, and about the generation: `order-timeline@3#2`. */
export const checkpointName = ({
  name,
  version,
  generation = FIRST_GENERATION,
}: Pick<Projection, 'name' | 'version' | 'generation'>): string =>
  generation === FIRST_GENERATION ? `${name}@${version}` : `${name}@${version}#${generation}`

/** Its documents, checkpoint and parked keys bear the name and the version alone. */
export const FIRST_GENERATION = 1

/** The same question, answered into another collection with a checkpoint and parked keys of its own. */
export const generationOf = (projection: Projection, generation: number): Projection => {
  const name = checkpointName({ ...projection, generation })
  return { ...projection, generation, collection: { ...projection.collection, name } }
}
