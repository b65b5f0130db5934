import type { Clock } from '#platform/clock/clock.ts'
import type { CommandContext, CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { parkedInLog, type ParkedInLog } from '#processmanagers/parking/parked-in-log.ts'
import { PARKERS } from '#processmanagers/parking/parkers.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { PARKED_KEYS, parkedDocumentId, type ParkedKey } from '#projections/parked-keys.ts'
import { askedAt, askReplay, isReplayable, PARKED_REPLAYS } from '#projections/parked-replays.ts'
import { checkpointName } from '#projections/projection.ts'
import { generationsOf } from '#projections/rebuild/generations.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { parkedIdOf, parkedNameOf, type ParkedName } from './parked-id.ts'

/** One key that stands still, of whichever kind of reader of the log. */
export type ParkedEntry = ParkedName & {
  readonly id: string
  /** Of the first that said so, or could not be folded: the list is in this order. */
  readonly position: Position
  /** A replay was asked for and has not ended. */
  readonly askedAtMs: number | undefined
} & (
    | { readonly kind: 'process'; readonly parked: ParkedInLog }
    | { readonly kind: 'projection'; readonly parked: ParkedKey }
  )

/** Where a page ended. */
export interface ParkedPlace {
  readonly position: Position
  readonly id: string
}

/** `standing`: asked for already. `not-parked`: it was released meanwhile. */
export type ReplayAnswer = 'asked' | 'standing' | 'not-parked'

export interface ParkedWork {
  /** The longest parked first. */
  readonly page: (
    after: ParkedPlace | undefined,
    limit: number,
  ) => Promise<{ readonly items: readonly ParkedEntry[]; readonly next?: ParkedPlace }>
  readonly byId: (id: string) => Promise<ParkedEntry | undefined>
  /**
   * Asks whoever parked the key to try it again; it does not wait for that. A second request says the same as the first.
   * @throws EventStoreUnavailable, ReadStoreUnavailable: asking again is safe.
   */
  readonly replay: (entry: ParkedEntry, by: string, context: CommandContext) => Promise<ReplayAnswer>
}

export interface ParkedWorkOptions {
  readonly eventStore: Pick<EventStore, 'read'>
  readonly readStore: ReadStore
  readonly commands: Pick<CommandRunner, 'run'>
  readonly clock: Pick<Clock, 'nowMs'>
}

/** What stands still in processes, the relay and the read models that are active. */
export const parkedWork = ({ eventStore, readStore, commands, clock }: ParkedWorkOptions): ParkedWork => {
  const processes = new Map<string, () => Promise<readonly ParkedInLog[]>>(
    PARKERS.map((name) => [name, parkedInLog(eventStore, name)]),
  )
  let prepared: Promise<void> | undefined
  /** Nothing has ever been parked in a new shop, and an engine may want to know a collection before it is asked. */
  const prepare = (): Promise<void> => {
    prepared ??= readStore.prepare([PARKED_KEYS, PARKED_REPLAYS]).catch((error: unknown) => {
      prepared = undefined
      throw error
    })
    return prepared
  }

  const activeCopies = (): Promise<readonly string[]> =>
    Promise.all(
      shopProjections.map(async (projection) => {
        const { active } = await generationsOf(readStore, checkpointName(projection))
        return checkpointName({ ...projection, generation: active })
      }),
    )

  const inProcesses = async (): Promise<readonly ParkedEntry[]> => {
    const found = await Promise.all([...processes.values()].map((parked) => parked()))
    return found.flat().map(ofProcess)
  }

  const inProjections = async (
    after: ParkedPlace | undefined,
    limit: number,
  ): Promise<readonly ParkedEntry[]> => {
    await prepare()
    const names = await activeCopies()
    const { items } = await readStore.find<ParkedKey>(PARKED_KEYS.name, {
      where: { projection: names },
      between: { position: { above: (after?.position ?? 0) - 1, upTo: Number.MAX_SAFE_INTEGER } },
      sort: { by: 'position', direction: 'asc' },
      // One event may stand in the way of every projection at once: a page may have ended among those, and this one may.
      limit: limit + 2 * names.length,
      counted: false,
    })
    return withRequests(items.map(({ body }) => body))
  }

  const withRequests = async (parked: readonly ParkedKey[]): Promise<readonly ParkedEntry[]> => {
    const asked = await askedAt(readStore, parked)
    return parked.map((key) => ofProjection(key, asked(key)))
  }

  const byId = async (id: string): Promise<ParkedEntry | undefined> => {
    const named = parkedNameOf(id)
    if (named === undefined) return undefined
    const process = processes.get(named.name)
    if (process !== undefined) {
      const parked = (await process()).find(({ key }) => key === named.key)
      return parked === undefined ? undefined : ofProcess(parked)
    }
    await prepare()
    if (!(await activeCopies()).includes(named.name)) return undefined
    const found = await readStore.get<ParkedKey>(PARKED_KEYS.name, parkedDocumentId(named.name, named.key))
    return found === undefined ? undefined : (await withRequests([found.body]))[0]
  }

  return {
    byId,

    page: async (after, limit) => {
      const found = [...(await inProcesses()), ...(await inProjections(after, limit + 1))]
        .filter((entry) => after === undefined || isBefore(after, entry))
        .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return found.length > limit && last !== undefined
        ? { items, next: { position: last.position, id: last.id } }
        : { items }
    },

    replay: async (entry, by, context) => {
      const atMs = clock.nowMs()
      if (entry.kind === 'projection') {
        return (await askReplay(readStore, entry.parked, atMs)) ? 'asked' : 'standing'
      }
      const outcome = await commands.run(
        parking,
        entry.name,
        { type: 'RequestReplay', key: entry.key, by, atMs },
        context,
      )
      return ANSWERS[outcome.kind]
    },
  }
}

const ANSWERS = { accepted: 'asked', unchanged: 'standing', refused: 'not-parked' } as const

/** Whether no replay can help. */
export const needsRebuild = (entry: ParkedEntry): boolean =>
  entry.kind === 'projection' && !isReplayable(entry.parked)

const ofProcess = (parked: ParkedInLog): ParkedEntry => {
  const { process: name, key, position, askedAtMs } = parked
  return { kind: 'process', id: parkedIdOf({ name, key }), name, key, position, askedAtMs, parked }
}

const ofProjection = (parked: ParkedKey, askedAtMs: number | undefined): ParkedEntry => {
  const { projection: name, key, position } = parked
  return { kind: 'projection', id: parkedIdOf({ name, key }), name, key, position, askedAtMs, parked }
}

const isBefore = (a: ParkedPlace, b: ParkedPlace): boolean =>
  a.position === b.position ? a.id < b.id : a.position < b.position
