import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Admin } from 'kafkajs'
import { systemClock } from '#platform/clock/clock.ts'
import { connectKafka } from '#platform/kafka/client.ts'
import { expectedOf, firstSeen, lifeOf, messagesIn } from '#relay/testing.ts'
import { newBroker, type Broker } from './broker.ts'
import { consumerOf, kafkaClient, relayWorld, topicsFor } from './world.ts'

const PATIENT = { timeout: 90_000, interval: 50 }
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => nth)
const messagesOf = (lives: readonly number[]) => lives.reduce((sum, nth) => sum + messagesIn(nth), 0)
const silent = () => {}

describe('the relay and the topics of a real broker', () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await newBroker()
    await broker.start()
  })
  afterAll(() => broker.stop())

  const asAdmin = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = kafkaClient(broker.address).admin()
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }

  it('makes topics again that are gone, as after a broker came back without its disk', async () => {
    const topics = topicsFor('gone')
    await using world = await relayWorld(broker.address, topics)
    const { relay } = world.start()
    await world.write(lifeOf(1))
    const end = (await world.store.last(`order-${lifeOf(1)[0]?.orderId}`))?.position
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('process.position', end)
    await asAdmin((admin) => admin.deleteTopics({ topics: Object.values(topics) }))
    await world.write(lifeOf(2))
    await expect
      .poll(() => asAdmin((admin) => admin.listTopics()), PATIENT)
      .toEqual(expect.arrayContaining(Object.values(topics)))
    const consumer = await consumerOf(broker.address, 'gone', topics)
    await expect.poll(() => consumer.consumed.length, PATIENT).toBeGreaterThanOrEqual(messagesIn(2))
    await consumer.stop()
    expect(firstSeen(consumer.consumed)).toEqual(expectedOf([2], topics))
    await expect.poll(() => relay.status(), PATIENT).not.toHaveProperty('kafka.failing')
  })

  it('sends a backlog in smaller portions where topics take no large ones', async () => {
    const topics = topicsFor('small')
    await asAdmin((admin) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: Object.values(topics).map((topic) => ({
          topic,
          numPartitions: 1,
          configEntries: [{ name: 'max.message.bytes', value: '20000' }],
        })),
      }),
    )
    await using world = await relayWorld(broker.address, topics)
    for (const nth of numbers(150)) await world.write(lifeOf(nth))
    const { relay } = world.start()
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.isReached', true)
    const consumer = await consumerOf(broker.address, 'small', topics)
    await expect
      .poll(() => new Set(consumer.consumed.map(({ id }) => id)).size, PATIENT)
      .toBe(messagesOf(numbers(150)))
    await consumer.stop()
    expect(firstSeen(consumer.consumed)).toEqual(expectedOf(numbers(150), topics))
    await expect.poll(() => relay.status(), PATIENT).not.toHaveProperty('kafka.failing')
  })

  it('says why topics cannot be made', async () => {
    const kafka = connectKafka({
      brokers: [broker.address],
      ssl: false,
      topics: ['too.many.copies'],
      layout: { partitions: 1, replication: 3 },
      clock: systemClock,
      logger: { warn: silent, debug: silent, info: silent },
    })
    await expect(kafka.reach()).rejects.toThrow(/replication.factor/i)
    await kafka.close()
  })

  it('makes its topics where two relays do so at once', async () => {
    const kafkas = numbers(4).map(() =>
      connectKafka({
        brokers: [broker.address],
        ssl: false,
        topics: ['twice.a', 'twice.b', 'twice.c'],
        layout: { partitions: 3 },
        clock: systemClock,
        logger: { warn: silent, debug: silent, info: silent },
      }),
    )
    await Promise.all(kafkas.map((kafka) => kafka.reach()))
    expect(await asAdmin((admin) => admin.listTopics())).toEqual(
      expect.arrayContaining(['twice.a', 'twice.b', 'twice.c']),
    )
    await Promise.all(kafkas.map((kafka) => kafka.close()))
  })
})
