import { z } from 'zod'
import type { Event } from '#domain/event.ts'
import { defineCodec } from '#domain/codec.ts'
import { accepted, impossible, refused, unchanged, type Aggregate } from '#domain/decider.ts'

/** Work that was put aside: the event by its place in the log, or the alarm by its name. */
export const ParkedWork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), stream: z.string(), revision: z.int().nonnegative() }),
  z.object({ kind: z.literal('deadline'), name: z.string() }),
])
export type ParkedWork = z.infer<typeof ParkedWork>

/**
 * A step of this key kept failing or met an event that cannot be read, or an earlier one did and this one must wait
 * behind it. Written by the process runner.
 */
const WorkParked = z.object({ key: z.string(), work: ParkedWork, error: z.string(), atMs: z.int() })

/** Somebody asked to try the key again. Written through staff. Does not mean that it worked. */
const ReplayRequested = z.object({ key: z.string(), by: z.string(), atMs: z.int() })

/** The key was tried again because somebody asked, and failed again: it stays parked. Written by the process runner. */
const ReplayFailed = z.object({ key: z.string(), error: z.string(), atMs: z.int() })

/** All parked work of this key was done; new events flow again. Written by the process runner. */
const KeyReleased = z.object({ key: z.string(), atMs: z.int() })

export type ParkingEvent =
  | Event<'WorkParked', typeof WorkParked>
  | Event<'ReplayRequested', typeof ReplayRequested>
  | Event<'ReplayFailed', typeof ReplayFailed>
  | Event<'KeyReleased', typeof KeyReleased>

export type ParkingCommand =
  | {
      readonly type: 'ParkWork'
      readonly key: string
      readonly work: ParkedWork
      readonly error: string
      readonly atMs: number
    }
  | { readonly type: 'RequestReplay'; readonly key: string; readonly by: string; readonly atMs: number }
  | { readonly type: 'NoteFailedReplay'; readonly key: string; readonly error: string; readonly atMs: number }
  | { readonly type: 'ReleaseKey'; readonly key: string; readonly atMs: number }

/** `nothing-parked`: there is nothing to replay under this key. */
export type ParkingRefusal = 'nothing-parked'

export interface Parked {
  /** What waits, in order: the first is what failed. */
  readonly work: readonly ParkedWork[]
  /** Of the last try. */
  readonly error: string
  readonly sinceMs: number
  /** A replay was asked for and has not ended. */
  readonly askedAtMs?: number
  /** When a replay failed last. */
  readonly triedAtMs?: number
}

export interface ParkingState {
  readonly keys: ReadonlyMap<string, Parked>
}

/**
 * A request says the same as one that was made so shortly before and has not ended; after that it is made anew, so that
 * none can be forgotten. One request too many finds nothing to do.
 */
export const REQUEST_STANDS_MS = 60_000

const sameWork = (a: ParkedWork, b: ParkedWork): boolean =>
  a.kind === 'event' && b.kind === 'event'
    ? a.stream === b.stream && a.revision === b.revision
    : a.kind === 'deadline' && b.kind === 'deadline' && a.name === b.name

/** The key that a request has which cannot be read. */
export const NOBODYS_KEY = ''

const codec = defineCodec<ParkingEvent>({
  WorkParked: { version: 1, data: WorkParked },
  ReplayRequested: { version: 1, data: ReplayRequested },
  ReplayFailed: { version: 1, data: ReplayFailed },
  KeyReleased: { version: 1, data: KeyReleased },
})

/**
 * Requests may be appended by hand, and neither they nor how they ended change which keys are parked: one that cannot be
 * read, or whose type is misspelt, asks for nothing, rather than hide that. A broken `WorkParked` or `KeyReleased` does stop the process, which
 * then cannot know.
 */
const decode: typeof codec.decode = (type, schemaVersion, data) => {
  try {
    return codec.decode(type, schemaVersion, data)
  } catch (error) {
    if (type === 'WorkParked' || type === 'KeyReleased') throw error
    return { type: 'ReplayRequested', data: { key: NOBODYS_KEY, by: '', atMs: 0 } }
  }
}

/** Streams `parked-{process}`: which keys stand still, why, and what waits behind them, in order. */
export const parking: Aggregate<ParkingState, ParkingCommand, ParkingEvent, ParkingRefusal> = {
  category: 'parked',
  codec: { ...codec, decode },
  decider: {
    initial: { keys: new Map() },
    evolve: (state, event) => {
      switch (event.type) {
        case 'WorkParked': {
          const { key, work, error, atMs } = event.data
          const before = state.keys.get(key)
          const entry =
            before === undefined
              ? { work: [work], error, sinceMs: atMs }
              : { ...before, work: [...before.work, work] }
          return { keys: new Map(state.keys).set(key, entry) }
        }
        case 'ReplayRequested': {
          const { key, atMs } = event.data
          const entry = state.keys.get(key)
          if (entry === undefined) return state
          return { keys: new Map(state.keys).set(key, { ...entry, askedAtMs: atMs }) }
        }
        case 'ReplayFailed': {
          const { key, error, atMs } = event.data
          const entry = state.keys.get(key)
          if (entry === undefined) return state
          const { askedAtMs: _askedAtMs, ...rest } = entry
          return { keys: new Map(state.keys).set(key, { ...rest, error, triedAtMs: atMs }) }
        }
        case 'KeyReleased': {
          const keys = new Map(state.keys)
          keys.delete(event.data.key)
          return { keys }
        }
        default:
          return impossible(event)
      }
    },
    decide: (state, command) => {
      const entry = state.keys.get(command.key)
      switch (command.type) {
        case 'ParkWork': {
          if (entry?.work.some((work) => sameWork(work, command.work)) === true) return unchanged
          const { key, work, error, atMs } = command
          return accepted({ type: 'WorkParked', data: { key, work, error, atMs } })
        }
        case 'RequestReplay':
          if (entry === undefined) return refused('nothing-parked')
          if (entry.askedAtMs !== undefined && Math.abs(command.atMs - entry.askedAtMs) < REQUEST_STANDS_MS)
            return unchanged
          return accepted({
            type: 'ReplayRequested',
            data: { key: command.key, by: command.by, atMs: command.atMs },
          })
        case 'NoteFailedReplay': {
          if (entry?.askedAtMs === undefined) return unchanged
          const { key, error, atMs } = command
          return accepted({ type: 'ReplayFailed', data: { key, error, atMs } })
        }
        case 'ReleaseKey':
          if (entry === undefined) return unchanged
          return accepted({ type: 'KeyReleased', data: { key: command.key, atMs: command.atMs } })
        default:
          return impossible(command)
      }
    },
  },
}
