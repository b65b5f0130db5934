import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Aggregate, DomainEvent } from '#domain/decider.ts'
import type { Clock } from '../clock/clock.ts'
import { decodeRecorded } from '../eventstore/decoding.ts'
import type { EventStore, EventToAppend, Position } from '../eventstore/port.ts'
import { derivedId, type NewId } from '../ids/ids.ts'
import { keyedQueue } from './keyed-queue.ts'

/** Who sends a command, and why. The same `commandId` again is the same command. */
export interface CommandContext {
  readonly commandId: string
  readonly correlationId: string
  readonly causationId: string
  readonly actor: string
  readonly traceparent?: string
}

/** The three answers of the decider, with the state they leave behind and where in the log that state is from. */
export type Outcome<S, R> =
  /** This very call appended. */
  | { readonly kind: 'accepted'; readonly state: S; readonly revision: number; readonly position: Position }
  | { readonly kind: 'unchanged'; readonly state: S; readonly revision: number; readonly position: Position }
  | { readonly kind: 'refused'; readonly refusal: R; readonly state: S }

/** Others kept writing first for longer than our patience: try later. Never to be read as a refusal. */
export class ConflictsOutlasted extends Error {
  override readonly name = 'ConflictsOutlasted'
}

export interface RunOptions {
  /** The stream probably does not exist yet: decide on the initial state first, and read only if that conflicts. */
  readonly expectNew?: boolean
}

export interface CommandRunner {
  /**
   * Load, fold, decide, append, and again on a conflict: the only place that does. Commands to one stream queue up;
   * an answer that appends nothing is given only on a state that was read forward to the end of the stream.
   * @throws EventStoreUnavailable, ConflictsOutlasted: the outcome is unknown, a repeat with the same id is safe.
   * @throws UndecodableEvent when the stream holds an event that this build cannot read: nothing was appended.
   */
  readonly run: <S, C, E extends DomainEvent, R>(
    aggregate: Aggregate<S, C, E, R>,
    id: string,
    command: C,
    context: CommandContext,
    options?: RunOptions,
  ) => Promise<Outcome<S, R>>
  /** The state as of now, read forward to the end of the stream. */
  readonly state: <S, C, E extends DomainEvent, R>(aggregate: Aggregate<S, C, E, R>, id: string) => Promise<S>
  /**
   * The state as this runner last saw it, read only when it is not remembered. It may be old, so it is for looks whose
   * consequence is a command, which is judged again on the stream as it is.
   */
  readonly recent: <S, C, E extends DomainEvent, R>(
    aggregate: Aggregate<S, C, E, R>,
    id: string,
  ) => Promise<S>
}

export interface CommandRunnerOptions {
  readonly store: EventStore
  readonly clock: Clock
  /** Between 0 and 1; spreads the retries of rivals. */
  readonly random: () => number
  /** How many folded states are remembered. */
  readonly cachedStreams?: number
  /** Names one call of `run`; random unless a simulation must repeat to the event. */
  readonly newId?: NewId
}

const TRIES = 12
const REMEMBERED_COMMANDS = 256

interface Folded {
  readonly state: unknown
  /** −1 when the stream does not exist. */
  readonly revision: number
  readonly position: Position
  /** The newest command ids of the stream; older ones are caught by the business ids that deciders remember. */
  readonly commandIds: ReadonlySet<string>
}

/** A stream belongs to one aggregate, by its category, so what was folded from it is that aggregate's state. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the cache holds the states of all kinds
const stateOf = <S>(_decider: { readonly initial: S }, { state }: Folded): S => state as S

export const commandRunner = ({
  store,
  clock,
  random,
  cachedStreams = 5_000,
  newId = randomUUID,
}: CommandRunnerOptions): CommandRunner => {
  const cache = new LRUCache<string, Folded>({ max: cachedStreams })
  const inTurn = keyedQueue()

  const readForward = async <S, C, E extends DomainEvent, R>(
    { decider, codec }: Aggregate<S, C, E, R>,
    stream: string,
    from: Folded | undefined,
  ): Promise<Folded> => {
    let state = from === undefined ? decider.initial : stateOf(decider, from)
    let revision = from?.revision ?? -1
    let position = from?.position ?? 0
    const commandIds = new Set(from?.commandIds)
    for await (const event of store.read(stream, revision + 1)) {
      state = decider.evolve(state, decodeRecorded(codec, event))
      revision = event.revision
      position = event.position
      remember(commandIds, event.metadata.commandId)
    }
    const folded: Folded = { state, revision, position, commandIds }
    if (revision >= 0) cache.set(stream, folded)
    return folded
  }

  const run: CommandRunner['run'] = (aggregate, id, command, context, options = {}) => {
    const { decider, codec } = aggregate
    const stream = `${aggregate.category}-${id}`
    // The ids are the same through all repeats within this call, so an append whose answer was lost is one append. They
    // differ between calls: the store would answer an equal append from long ago with success, and a state folded from
    // that would be an old one. A later call meets a conflict instead, reads, and finds its command among the events.
    const call = newId()
    return inTurn(stream, async () => {
      let folded = cache.get(stream)
      let current = false
      if (folded === undefined) {
        if (options.expectNew === true)
          folded = { state: decider.initial, revision: -1, position: 0, commandIds: new Set() }
        else {
          folded = await readForward(aggregate, stream, undefined)
          current = true
        }
      }
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const state = stateOf(decider, folded)
        const decision = folded.commandIds.has(context.commandId)
          ? ({ kind: 'unchanged' } as const)
          : decider.decide(state, command)
        if (decision.kind !== 'accepted') {
          if (!current) {
            folded = await readForward(aggregate, stream, cache.get(stream))
            current = true
            continue
          }
          return decision.kind === 'refused'
            ? { kind: 'refused', refusal: decision.refusal, state }
            : { kind: 'unchanged', state, revision: folded.revision, position: folded.position }
        }
        const toAppend = (event: (typeof decision.events)[number], index: number): EventToAppend => {
          const { schemaVersion, data } = codec.encode(event)
          return {
            id: derivedId(context.commandId, call, index),
            type: event.type,
            data,
            metadata: { ...context, schemaVersion },
          }
        }
        const [first, ...rest] = decision.events
        const result = await store.append(
          stream,
          [toAppend(first, 0), ...rest.map((event, index) => toAppend(event, index + 1))],
          folded.revision < 0 ? 'no-stream' : folded.revision,
        )
        if (result.kind === 'appended') {
          const next = decision.events.reduce(decider.evolve, state)
          const commandIds = new Set(folded.commandIds)
          remember(commandIds, context.commandId)
          cache.set(stream, { state: next, revision: result.revision, position: result.position, commandIds })
          return { kind: 'accepted', state: next, revision: result.revision, position: result.position }
        }
        if (attempt > 1) await clock.sleep(random() * 5 * 2 ** Math.min(attempt, 6))
        folded = await readForward(aggregate, stream, cache.get(stream))
        current = true
      }
      throw new ConflictsOutlasted(`${stream} kept changing through ${TRIES} tries`)
    })
  }

  return {
    run,
    state: (aggregate, id) => {
      const stream = `${aggregate.category}-${id}`
      return inTurn(stream, async () => {
        const folded = await readForward(aggregate, stream, cache.get(stream))
        return stateOf(aggregate.decider, folded)
      })
    },
    recent: (aggregate, id) => {
      const stream = `${aggregate.category}-${id}`
      return inTurn(stream, async () =>
        stateOf(aggregate.decider, cache.get(stream) ?? (await readForward(aggregate, stream, undefined))),
      )
    },
  }
}

const remember = (commandIds: Set<string>, commandId: string): void => {
  commandIds.add(commandId)
  if (commandIds.size <= REMEMBERED_COMMANDS) return
  for (const oldest of commandIds) {
    commandIds.delete(oldest)
    return
  }
}
