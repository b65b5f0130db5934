import { LRUCache } from 'lru-cache'
import type { z } from 'zod'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'

/** The topics by what they are about; their names in Kafka are configured. */
export const TOPICS = ['orders', 'payments', 'alerts'] as const
export type Topic = (typeof TOPICS)[number]

/** What one event says to other systems. */
export interface Said<B extends object = object> {
  readonly type: string
  /** The order it is about, or what stands for it: messages of one key stay in order. */
  readonly key: string
  /** The very thing it is about. */
  readonly subject: string
  readonly body: B
}

/** How the events of one context become messages: pure, and for one event the same on every delivery. */
export interface Translation<S, E extends DomainEvent, B extends object> {
  readonly topic: Topic
  /** Of the streams that these events stand in. */
  readonly category: string
  readonly codec: EventCodec<E>
  /** The events that say something, and those that later ones build on. */
  readonly types: readonly E['type'][]
  /** What is said, by the name it has there. */
  readonly bodies: Readonly<Record<string, z.ZodType<B>>>
  readonly initial: S
  readonly evolve: (before: S, event: E) => S
  readonly say: (before: S, event: E, after: S) => Said<B> | undefined
}

/** Translates the events of a context as they are delivered, in order per stream. */
export interface Translator {
  /** @throws UndecodableEvent when this event or one it builds on cannot be read. */
  readonly translate: (recorded: RecordedEvent) => Promise<Said | undefined>
}

/** A translation without what only it needs to know. */
export interface Publication {
  readonly topic: Topic
  readonly category: string
  readonly types: readonly string[]
  readonly bodies: Readonly<Record<string, z.ZodType<object>>>
  /** One for each reading of the log. It remembers bounded many streams and reads the others again. */
  readonly translator: (store: Pick<EventStore, 'read'>) => Translator
}

const REMEMBERED_STREAMS = 10_000
/** Streams of orders, attempts and alerts are short; what is longer is not one of them. */
const LONGEST_STREAM = 10_000

export const publication = <S, E extends DomainEvent, B extends object>(
  translation: Translation<S, E, B>,
): Publication => {
  const { topic, category, codec, types, bodies, initial, evolve, say } = translation
  const relevant = new Set<string>(types)

  return {
    topic,
    category,
    types,
    bodies,
    translator: (store) => {
      const known = new LRUCache<string, { readonly revision: number; readonly state: S }>({
        max: REMEMBERED_STREAMS,
      })

      const stateBefore = async ({ stream, revision }: RecordedEvent): Promise<S> => {
        const remembered = known.get(stream)
        // Every event that could change it was delivered since, so what is remembered from below is still so.
        if (remembered !== undefined && remembered.revision < revision) return remembered.state
        let state = initial
        if (revision === 0) return state
        for await (const earlier of store.read(stream, 0, Math.min(revision, LONGEST_STREAM))) {
          if (earlier.revision >= revision) break
          if (relevant.has(earlier.type)) state = evolve(state, decodeRecorded(codec, earlier))
        }
        return state
      }

      return {
        translate: async (recorded) => {
          const event = decodeRecorded(codec, recorded)
          const before = await stateBefore(recorded)
          const after = evolve(before, event)
          const said = say(before, event, after)
          known.set(recorded.stream, { revision: recorded.revision, state: after })
          return said
        },
      }
    },
  }
}
