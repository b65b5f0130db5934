import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderPublication } from '#relay/orders/publication.ts'
import { expectedOf, firstSeen, lifeOf, messagesIn, orderIdOf } from '#relay/testing.ts'
import { newBroker, type Broker } from './broker.ts'
import { consumerOf, kafkaClient, relayWorld, topicsFor } from './world.ts'

const PATIENT = { timeout: 90_000, interval: 50 }
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => nth)
const messagesOf = (lives: readonly number[]) => lives.reduce((sum, nth) => sum + messagesIn(nth), 0)

describe('the relay on a real broker', () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await newBroker()
    await broker.start()
  })
  afterAll(() => broker.stop())

  it('makes its topics, and a group of consumers reads every message once and in order per key', async () => {
    const topics = topicsFor('plain')
    await using world = await relayWorld(broker.address, topics)
    for (const nth of numbers(60)) await world.write(lifeOf(nth))
    const { relay } = world.start()
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.isReached', true)

    const admin = kafkaClient(broker.address).admin()
    await admin.connect()
    const made = await admin.fetchTopicMetadata({ topics: Object.values(topics) })
    await admin.disconnect()
    expect(new Map(made.topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual(
      new Map(Object.values(topics).map((name) => [name, 6])),
    )

    const members = await Promise.all([
      consumerOf(broker.address, 'plain', topics),
      consumerOf(broker.address, 'plain', topics),
    ])
    const all = () => members.flatMap(({ consumed }) => consumed)
    await expect.poll(() => all().length, PATIENT).toBeGreaterThanOrEqual(messagesOf(numbers(60)))
    await Promise.all(members.map(({ stop }) => stop()))
    expect(firstSeen(all())).toEqual(expectedOf(numbers(60), topics))
    const partitionOf = new Map(all().map(({ topic, key, partition }) => [`${topic}/${key}`, partition]))
    for (const { topic, key, partition } of all()) expect(partitionOf.get(`${topic}/${key}`)).toBe(partition)
    expect(new Set(partitionOf.values()).size).toBeGreaterThan(3)
    for (const { topic, value } of all())
      if (topic === topics.orders)
        expect(orderPublication.bodies['OrderStatusChanged']?.safeParse(value).success).toBe(true)
  })

  it('is read by another client too, attributes and all', async () => {
    const topics = topicsFor('kcat')
    await using world = await relayWorld(broker.address, topics)
    await world.write(lifeOf(1))
    const { relay } = world.start()
    const end = (await world.store.last(`order-${orderIdOf(1)}`))?.position
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('process.position', end)
    const read = spawnSync(
      'kcat',
      ['-b', broker.address, '-C', '-t', topics.orders, '-o', 'beginning', '-e', '-q', '-f', '%k|%h|%s\\n'],
      { encoding: 'utf8', timeout: 20_000 },
    )
    expect(read.stderr).toBe('')
    const lines = read.stdout.trim().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line.startsWith(`${orderIdOf(1)}|`)).toBe(true)
      expect(line).toContain('ce_specversion=1.0')
      expect(line).toContain('ce_type=OrderStatusChanged')
      expect(line).toContain('ce_source=https://shop.example')
      expect(line).toContain('content-type=application/json')
    }
    expect(lines.map((line) => /"status":"(\w+)"/.exec(line)?.[1])).toEqual([
      'PENDING',
      'WAITING_PAYMENT',
      'PAID',
    ])
  })

  it('sends again with the same ids what it had sent when it died before its checkpoint', async () => {
    const topics = topicsFor('killed')
    await using world = await relayWorld(broker.address, topics)
    for (const nth of numbers(40)) await world.write(lifeOf(nth))
    // Nothing this one does is ever written down, as if it had been killed each time just before that.
    const dead = world.start({
      readStore: { commit: () => Promise.reject(new Error('killed before it was written')) },
    })
    const consumer = await expect
      .poll(() => dead.relay.status(), PATIENT)
      .toHaveProperty('kafka.isReached', true)
      .then(() => consumerOf(broker.address, 'killed', topics))
    const total = messagesOf(numbers(40))
    await expect.poll(() => consumer.consumed.length, PATIENT).toBe(total)
    await dead.stop()
    expect(await world.readStore.checkpoint('process:relay')).toBeUndefined()

    world.start()
    await expect.poll(() => consumer.consumed.length, PATIENT).toBe(2 * total)
    await consumer.stop()
    expect(new Set(consumer.consumed.map(({ id }) => id)).size).toBe(total)
    expect(firstSeen(consumer.consumed)).toEqual(expectedOf(numbers(40), topics))
  })

  it('keeps everything and every order while the broker is killed in mid-stream and comes back', async () => {
    const topics = topicsFor('outage')
    await using world = await relayWorld(broker.address, topics)
    const { relay } = world.start()
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.isReached', true)
    const consumer = await consumerOf(broker.address, 'outage', topics)
    for (const nth of numbers(40)) await world.write(lifeOf(nth))
    const writing = (async () => {
      for (const nth of numbers(160)) await world.write(lifeOf(40 + nth))
    })()
    await expect.poll(() => consumer.consumed.length, PATIENT).toBeGreaterThan(20)
    await broker.kill()
    await writing
    await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.failing')
    await broker.start()
    await expect
      .poll(() => new Set(consumer.consumed.map(({ id }) => id)).size, PATIENT)
      .toBe(messagesOf(numbers(200)))
    await consumer.stop()
    expect(firstSeen(consumer.consumed)).toEqual(expectedOf(numbers(200), topics))
    await expect.poll(() => relay.status(), PATIENT).not.toHaveProperty('kafka.failing')
  })
})

describe('the relay without a broker', () => {
  it('says so, and delivers the backlog in order once there is one', async () => {
    const broker = await newBroker()
    try {
      const topics = topicsFor('late')
      await using world = await relayWorld(broker.address, topics)
      const { relay } = world.start()
      for (const nth of numbers(100)) await world.write(lifeOf(nth))
      await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.failing')
      expect(relay.status()).toHaveProperty('kafka.isReached', false)
      await broker.start()
      await expect.poll(() => relay.status(), PATIENT).toHaveProperty('kafka.isReached', true)
      const consumer = await consumerOf(broker.address, 'late', topics)
      await expect
        .poll(() => consumer.consumed.length, PATIENT)
        .toBeGreaterThanOrEqual(messagesOf(numbers(100)))
      await consumer.stop()
      expect(firstSeen(consumer.consumed)).toEqual(expectedOf(numbers(100), topics))
    } finally {
      await broker.stop()
    }
  })
})
