import { alertCodec } from '#domain/alert/codec.ts'
import type { AlertEvent } from '#domain/alert/events.ts'
import { orderCodec } from '#domain/order/codec.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { orderIdOf } from '#processmanagers/alerting/order-of-case.ts'
import type { Process } from '#processmanagers/process.ts'
import { cloudEvent } from './cloud-event.ts'
import type { Outbox } from './outbox.ts'
import type { Publication, Topic, Translator } from './publication.ts'
import { PUBLICATIONS } from './publications.ts'
import { RELAY } from './relay-name.ts'

export type PublishedEvent = OrderEvent | PaymentEvent | AlertEvent

export interface RelayingOptions {
  readonly store: Pick<EventStore, 'read'>
  readonly outbox: Pick<Outbox, 'publish'>
  /** The names of the topics in Kafka. */
  readonly topics: Readonly<Record<Topic, string>>
  /** `ce_source`: which shop speaks. */
  readonly source: string
}

export interface Relaying {
  readonly process: Process<PublishedEvent>
  /** When the log recorded the oldest event that is being worked on; undefined when there is none. */
  readonly oldestOpenMs: () => number | undefined
}

/** As many keys are on their way at once, each with one message: what is in memory, and the largest request. */
const PARALLELISM = 400

const TYPES = PUBLICATIONS.flatMap(({ types }) => types)
const isPublished = (type: string): type is PublishedEvent['type'] => TYPES.includes(type)

/**
 * The relay as a process: an event is done when Kafka has its message, and not before. What the runner promises every
 * process is what the relay needs: order per key, a checkpoint below which all is done, bounded many events in memory,
 * and keys that are put aside alone when an event of theirs cannot be read.
 */
export const relaying = ({ store, outbox, topics, source }: RelayingOptions): Relaying => {
  const byType = new Map<string, { readonly publication: Publication; readonly translator: Translator }>()
  for (const publication of PUBLICATIONS) {
    const translator = publication.translator(store)
    for (const type of publication.types) byType.set(type, { publication, translator })
  }
  const open = new Map<string, number>()

  const relay = async (recorded: RecordedEvent): Promise<void> => {
    const how = byType.get(recorded.type)
    const said = await how?.translator.translate(recorded)
    if (how === undefined || said === undefined) return
    await outbox.publish(cloudEvent(recorded, said, { topic: topics[how.publication.topic], source }))
  }

  return {
    oldestOpenMs: () => (open.size === 0 ? undefined : Math.min(...open.values())),
    process: {
      name: RELAY,
      codec: joinCodecs<[OrderEvent, PaymentEvent, AlertEvent]>(orderCodec, paymentCodec, alertCodec),
      handles: TYPES.filter(isPublished),
      key: (recorded) => {
        const publication = byType.get(recorded.type)?.publication
        return publication === undefined ? undefined : laneOf(publication, recorded)
      },
      parallelism: PARALLELISM,
      onEvent: async (_event, recorded) => {
        open.set(recorded.id, recorded.createdAtMs)
        try {
          await relay(recorded)
        } finally {
          open.delete(recorded.id)
        }
      },
      onDeadline: async () => {},
    },
  }
}

/**
 * Messages of one key of one topic stay in order, so their events share a lane. All events about one order carry it as
 * their correlation, or a case that names it, and a message's key is the order wherever there is one; topics have lanes of
 * their own, so that an alert about an order is told while that order's own messages are put aside. An event without a
 * correlation has nothing but its stream to be in order with.
 */
const laneOf = ({ topic, category }: Publication, { stream, metadata }: RecordedEvent): string => {
  if (!stream.startsWith(`${category}-`)) return stream
  const id = topic === 'orders' ? stream.slice(category.length + 1) : metadata.correlationId
  return id === '' ? stream : `${topic}/${orderIdOf(id) ?? id}`
}
