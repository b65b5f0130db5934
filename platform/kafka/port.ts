/** A message as Kafka keeps it. Messages with one key stay in the order in which they were sent. */
export interface KafkaMessage {
  readonly topic: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: string
}

/** Where messages for other systems go. */
export interface Kafka {
  /**
   * Connects unless it is connected, and asks whether the cluster answers. Topics that are missing are made where that
   * is allowed.
   * @throws KafkaUnreachable
   */
  readonly reach: () => Promise<void>
  /**
   * Sends in order, and resolves once every replica in sync has all of it. Whoever is refused sends the same messages
   * again: those of them that had arrived are then there twice. Never call it again before it has settled.
   * @throws KafkaUnreachable when some may not have arrived.
   */
  readonly send: (messages: readonly KafkaMessage[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Kafka did not answer, or refused: what was sent may or may not have arrived. */
export class KafkaUnreachable extends Error {
  override readonly name = 'KafkaUnreachable'
}

/** More than these in one request is refused by brokers as they come, whose limit is a mebibyte for each partition. */
export const LARGEST_SEND = { messages: 500, bytes: 500_000 } as const
