import {
  Kafka as KafkaClient,
  Partitioners,
  type Admin,
  type KafkaConfig,
  type Producer,
  type SASLOptions,
} from 'kafkajs'
import type { Logger } from 'pino'
import type { Clock } from '../clock/clock.ts'
import { kafkaLog } from './logging.ts'
import { KafkaUnreachable, LARGEST_SEND, type Kafka, type KafkaMessage } from './port.ts'
import { isForbidden, isTooLarge } from './refusals.ts'
import { makeMissingTopics, type TopicLayout } from './topics.ts'

export interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaOptions {
  readonly brokers: readonly string[]
  /** TLS with the authorities that Node trusts; `NODE_EXTRA_CA_CERTS` adds one's own. */
  readonly ssl: boolean
  readonly sasl?: KafkaCredentials
  readonly topics: readonly string[]
  readonly layout: TopicLayout
  readonly clock: Clock
  readonly logger: Pick<Logger, 'warn' | 'debug' | 'info'>
}

const CONNECT_WITHIN_MS = 3_000
const ANSWER_WITHIN_MS = 10_000
/** Over all tries of one call. A client that is silent for longer is given up, and the next one starts anew. */
const SETTLE_WITHIN_MS = 45_000
const DISCONNECT_WITHIN_MS = 2_000
/** The client's own; what outlasts them is sent again by the relay, on a new connection. */
const RETRIES = { retries: 4, initialRetryTime: 200, maxRetryTime: 2_000 }

interface Connection {
  readonly producer: Producer
  readonly admin: Admin
}

/** Kafka through its client, with one producer at a time, which is replaced after every failure. */
export const connectKafka = (options: KafkaOptions): Kafka => {
  const { clock, logger } = options
  const client = new KafkaClient(clientConfig(options))
  let connection: Connection | undefined
  /** Clusters may forbid producers to be idempotent; order is kept without, since only one send is under way. */
  let idempotent = true
  let hasTopics = false
  /** How many messages go into one request. */
  let most: number = LARGEST_SEND.messages

  const open = async (): Promise<Connection> => {
    const admin = client.admin({ retry: RETRIES })
    const producer = client.producer({
      idempotent,
      maxInFlightRequests: 1,
      // Topics are made here with the partitions they are to have, or by whoever runs the cluster.
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: RETRIES,
    })
    const opened = { producer, admin }
    connection = opened
    /** Whoever waited may have lost patience and given this connection up; it must not come to life then. */
    const requireWanted = (): void => {
      if (connection !== opened) throw new Error('The connection was given up')
    }
    await admin.connect()
    requireWanted()
    if (!hasTopics) await makeMissingTopics(admin, options.topics, options.layout, logger)
    hasTopics = true
    requireWanted()
    try {
      await producer.connect()
    } catch (error) {
      if (idempotent && isForbidden(error))
        logger.warn({}, 'Kafka: producers may not be idempotent on this cluster; going on without')
      idempotent &&= !isForbidden(error)
      throw error
    }
    requireWanted()
    return opened
  }

  const drop = async (): Promise<void> => {
    const { admin, producer } = connection ?? {}
    connection = undefined
    // What comes back may have lost them: a cluster that was made anew, a topic that somebody removed.
    hasTopics = false
    const gone = Promise.allSettled([producer?.disconnect(), admin?.disconnect()])
    const patience = new AbortController()
    await Promise.race([gone, clock.sleep(DISCONNECT_WITHIN_MS, patience.signal)])
    patience.abort()
  }

  /** One call on a connection that works, or an error after which there is none. */
  const on = async (call: (connection: Connection) => Promise<unknown>): Promise<void> => {
    try {
      await within(SETTLE_WITHIN_MS, clock, async () => call(connection ?? (await open())))
    } catch (error) {
      await drop()
      throw new KafkaUnreachable(reasonOf(error), { cause: error })
    }
  }

  /**
   * In order, and in smaller portions where a topic takes less in one request; a single message it must take. What was
   * refused is sent on another connection: an idempotent producer has lost count of what arrived.
   */
  const send = async (messages: readonly KafkaMessage[]): Promise<void> => {
    let rest = messages
    while (rest.length > 0) {
      const portion = rest.slice(0, most)
      try {
        await on(({ producer }) => producer.sendBatch({ acks: -1, topicMessages: byTopic(portion) }))
        rest = rest.slice(portion.length)
      } catch (error) {
        if (portion.length === 1 || !isTooLarge(error)) throw error
        most = Math.ceil(portion.length / 2)
        logger.warn({ messages: portion.length, most }, 'Kafka: a topic takes no request as large as that')
      }
    }
  }

  return {
    reach: () => on(({ admin }) => admin.describeCluster()),
    send,
    close: drop,
  }
}

const clientConfig = ({ brokers, ssl, sasl, logger }: KafkaOptions): KafkaConfig => ({
  clientId: 'kessai-relay',
  brokers: [...brokers],
  ssl,
  ...(sasl === undefined ? {} : { sasl: credentials(sasl) }),
  connectionTimeout: CONNECT_WITHIN_MS,
  authenticationTimeout: ANSWER_WITHIN_MS,
  requestTimeout: ANSWER_WITHIN_MS,
  retry: RETRIES,
  logCreator: kafkaLog(logger),
})

/** The client's type has one member for each mechanism. */
const credentials = ({ mechanism, username, password }: KafkaCredentials): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password }
    case 'scram-sha-256':
      return { mechanism, username, password }
    default:
      return { mechanism, username, password }
  }
}

const byTopic = (messages: readonly KafkaMessage[]) =>
  [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, headers, value }) => ({ key, headers: { ...headers }, value })),
  }))

const within = async (durationMs: number, clock: Clock, work: () => Promise<unknown>): Promise<void> => {
  const patience = new AbortController()
  const late = clock.sleep(durationMs, patience.signal).then(() => {
    if (!patience.signal.aborted) throw new Error(`No answer within ${durationMs} ms`)
  })
  try {
    await Promise.race([work(), late])
  } finally {
    patience.abort()
    await late.catch(() => {})
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Where several things went wrong the client's own words name none of them. */
const reasonOf = (error: unknown): string => {
  const parts: readonly unknown[] =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  return [...new Set([error, ...parts].map(messageOf))].join(': ').slice(0, 300)
}
