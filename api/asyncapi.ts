import type { Config } from '#platform/config/config.ts'
import { topicsPart } from '#relay/asyncapi.ts'
import { socketsPart } from './realtime/asyncapi.ts'

export type AsyncApiSettings = Pick<
  Config,
  | 'publicUrl'
  | 'KAFKA_TOPIC_ORDERS'
  | 'KAFKA_TOPIC_PAYMENTS'
  | 'KAFKA_TOPIC_ALERTS'
  | 'KAFKA_TOPIC_PARTITIONS'
>

/** What the shop says to others without being asked, as an AsyncAPI 3 document: topics of Kafka, and sockets. */
export const asyncApiDocument = (settings: AsyncApiSettings): object => {
  const { host, protocol } = new URL(settings.publicUrl)
  const topics = topicsPart(
    {
      orders: settings.KAFKA_TOPIC_ORDERS,
      payments: settings.KAFKA_TOPIC_PAYMENTS,
      alerts: settings.KAFKA_TOPIC_ALERTS,
    },
    settings.KAFKA_TOPIC_PARTITIONS,
  )
  const sockets = socketsPart()
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Kessai',
      version: '1',
      description:
        'What the shop says without being asked: to other systems through Kafka, at least once and in order per key; to browsers over sockets. No body holds personal data.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      // Where the brokers are is nobody's business but the consumers'.
      kafka: {
        host: '{broker}',
        protocol: 'kafka',
        variables: { broker: { description: 'One of the shop’s KAFKA_BROKERS.' } },
      },
      shop: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' },
    },
    channels: { ...topics.channels, ...sockets.channels },
    operations: { ...topics.operations, ...sockets.operations },
    components: { messages: { ...topics.messages, ...sockets.messages } },
  }
}
