import type { CollectionSpec, ReadStore, Write } from '#platform/readstore/port.ts'
import type { ParkedKey } from './parked-keys.ts'

/** Somebody asked to try a parked key again; gone once whoever feeds the projection has tried. */
export interface AskedReplay {
  /** As the parked key has it: `order-summary@3#2`. */
  readonly projection: string
  readonly key: string
  readonly atMs: number
}

export const PARKED_REPLAYS: CollectionSpec = {
  name: 'parked_projection_replays',
  indexes: [['projection', 'atMs']],
}

const AT_ONCE = 200

const replayId = ({ projection, key }: Pick<AskedReplay, 'projection' | 'key'>): string =>
  `${projection}/${key}`

/**
 * Whether a replay can help at all. A document whose stream was handed over with a gap, or whose event says of no
 * document that it is its own, is only brought right by a rebuild.
 */
export const isReplayable = ({ eventId, key, stream }: ParkedKey): boolean => eventId !== '' && key !== stream

/** Asks whoever feeds the projection to try the key again. True when this call asked; a request that stands is that one. */
export const askReplay = (
  readStore: Pick<ReadStore, 'swap'>,
  { projection, key, position }: Pick<ParkedKey, 'projection' | 'key' | 'position'>,
  atMs: number,
): Promise<boolean> => {
  const body: AskedReplay = { projection, key, atMs }
  const id = replayId(body)
  return readStore.swap({ collection: PARKED_REPLAYS.name, id, expected: undefined, position, body })
}

/** What was asked for of these projections and is not done, the longest asked first; at most so many at once. */
export const askedReplays = async (
  readStore: Pick<ReadStore, 'find'>,
  projections: readonly string[],
): Promise<readonly AskedReplay[]> => {
  const { items } = await readStore.find<AskedReplay>(PARKED_REPLAYS.name, {
    where: { projection: projections },
    sort: { by: 'atMs', direction: 'asc' },
    limit: AT_ONCE,
    counted: false,
  })
  return items.map(({ body }) => body)
}

/** When a replay of each of these was asked for, by projection and key; what was not asked for is left out. */
export const askedAt = async (
  readStore: Pick<ReadStore, 'load'>,
  parked: readonly Pick<ParkedKey, 'projection' | 'key'>[],
): Promise<(parked: Pick<ParkedKey, 'projection' | 'key'>) => number | undefined> => {
  const found = await readStore.load<AskedReplay>(PARKED_REPLAYS.name, parked.map(replayId))
  return (key) => found.get(replayId(key))?.body.atMs
}

export const answering = (asked: Pick<AskedReplay, 'projection' | 'key'>): Write => ({
  kind: 'delete',
  collection: PARKED_REPLAYS.name,
  id: replayId(asked),
})
