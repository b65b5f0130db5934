import { Kafka, logLevel, type IHeaders } from 'kafkajs'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { connectKafka } from '#platform/kafka/client.ts'
import type { Kafka as KafkaPort } from '#platform/kafka/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'
import { RELAY_COLLECTIONS, startRelay, type Relay } from '#relay/relay.ts'
import { SOURCE, writerTo } from '#relay/testing.ts'

export type TopicNames = Readonly<Record<'orders' | 'payments' | 'alerts', string>>

/** Topics of its own for each spec, so that they need one broker only. */
export const topicsFor = (spec: string): TopicNames => ({
  orders: `${spec}.orders.events.v1`,
  payments: `${spec}.payments.events.v1`,
  alerts: `${spec}.alerts.v1`,
})

/** A log, a read store, and relays between them and a broker. */
export const relayWorld = async (brokerAddress: string, topics: TopicNames) => {
  const clock = systemClock
  const node = await startNode({ file: ':memory:', port: 0 })
  const store = connectEventStore({
    connectionString: `esdb://127.0.0.1:${node.port}?tls=false`,
    clock,
  })
  const readStore = openEmptyReadStore()
  await readStore.prepare(RELAY_COLLECTIONS)
  const running: { readonly relay: Relay; readonly stopping: AbortController }[] = []
  const silent = () => {}

  const start = (between?: { kafka?: (kafka: KafkaPort) => KafkaPort; readStore?: Partial<ReadStore> }) => {
    const stopping = new AbortController()
    const relay = startRelay({
      store,
      readStore: { ...readStore, ...between?.readStore },
      commands: commandRunner({ store, clock, random: Math.random }),
      clock,
      signal: stopping.signal,
      log: silent,
      holder: { id: `relay-${running.length}`, isGone: () => true },
      random: Math.random,
      kafka: () => {
        const kafka = connectKafka({
          brokers: [brokerAddress],
          ssl: false,
          topics: Object.values(topics),
          layout: { partitions: 6 },
          clock,
          logger: { warn: silent, debug: silent, info: silent },
        })
        return between?.kafka?.(kafka) ?? kafka
      },
      topics,
      source: SOURCE,
    })
    running.push({ relay, stopping })
    return {
      relay,
      stop: async () => {
        stopping.abort()
        await relay.stopped
      },
    }
  }

  return {
    store,
    readStore,
    eventStoreUrl: `esdb://127.0.0.1:${node.port}?tls=false`,
    write: writerTo(store),
    start,
    [Symbol.asyncDispose]: async () => {
      for (const { stopping } of running) stopping.abort()
      await Promise.all(running.map(({ relay }) => relay.stopped))
      await store.close()
      await readStore.close()
      await node.stop()
    },
  }
}

export interface Consumed {
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: unknown
}

const textual = (headers: IHeaders | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      value === undefined || Array.isArray(value) ? [] : [[name, value.toString()]],
    ),
  )

export const kafkaClient = (address: string): Kafka =>
  new Kafka({ clientId: 'spec', brokers: [address], logLevel: logLevel.NOTHING })

/** A consumer in a group of its own, from the beginning of the topics. */
export const consumerOf = async (address: string, group: string, topics: TopicNames) => {
  const consumer = kafkaClient(address).consumer({
    groupId: group,
    retry: { retries: 60, maxRetryTime: 1_000 },
  })
  const consumed: Consumed[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: Object.values(topics), fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const headers = textual(message.headers)
      consumed.push({
        topic,
        partition,
        headers,
        key: message.key?.toString() ?? '',
        id: headers['ce_id'] ?? '',
        value: JSON.parse(message.value?.toString() ?? 'null') as unknown,
      })
    },
  })
  return { consumed, stop: () => consumer.disconnect() }
}
