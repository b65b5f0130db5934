import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { freePorts } from '../demo/free-ports.ts'
import { startInstance, type OwnInstance } from '../demo/instance.ts'
import { signIn, simulatorControl } from '../demo/shop-client.ts'

/** An address where nobody listens. */
const nobody = async (): Promise<string> => `127.0.0.1:${(await freePorts(1))[0]}`

const Health = z.object({
  parts: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
})

let shop: OwnInstance | undefined
let database = ownDatabase()
beforeEach(() => {
  database = ownDatabase()
})
afterEach(async () => {
  await shop?.stop()
  await database.drop()
})

it('sells and is ready while Kafka was never there; only the relay is red, and it says since when', async () => {
  shop = await startInstance({ ...database.environment, KAFKA_BROKERS: await nobody() })
  const { shopUrl, simulatorUrl } = shop
  const relay = async () => {
    const reply = await fetch(`${shopUrl}/health/ready`)
    expect(reply.status).toBe(200)
    return Health.parse(await reply.json()).parts.filter(({ ok }) => !ok)
  }
  await expect
    .poll(relay, { timeout: 60_000 })
    .toEqual([
      { name: 'relay', ok: false, detail: expect.stringMatching(/^Kafka unreachable since 20\d\d-.+Z: /) },
    ])

  const buyer = await signIn(shopUrl, 'kafka-away@example.com')
  const { orderId } = await buyer.place('sencha-yame-100g', 1)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await simulatorControl(simulatorUrl)('pay', { merchantPaymentId })
  expect((await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID')).status).toBe('PAID')

  const metrics = await (await fetch(`${shopUrl}/metrics`)).text()
  expect(metrics).toMatch(/^kessai_relay_active 1$/m)
  expect(metrics).toMatch(/^kessai_relay_kafka_reachable 0$/m)
  expect(metrics).toMatch(/^kessai_relay_waiting_events [1-9]/m)
  expect(metrics).toMatch(/^kessai_relay_failures_total [1-9]/m)
  expect(shop.printed()).not.toContain('TimeoutNegativeWarning')
}, 300_000)

it('tells staff of a key that the relay put aside, and of its order, while Kafka is away', async () => {
  const node = await startNode({ file: ':memory:' })
  const client = EventStoreDBClient.connectionString(node.connectionString)
  try {
    shop = await startInstance({
      ...database.environment,
      EVENTSTORE_URL: node.connectionString,
      KAFKA_BROKERS: await nobody(),
      ALERT_CHECK_EVERY_MS: '250',
    })
    const orderId = randomUUID()
    const key = `orders/${orderId}`
    const work = { kind: 'event', stream: `order-${orderId}`, revision: 0 }
    await client.appendToStream('parked-relay', [
      jsonEvent({
        type: 'WorkParked',
        data: { key, work, error: 'UndecodableEvent', atMs: 1 },
        metadata: { $correlationId: key, schemaVersion: 1 },
      }),
    ])
    const staff = await signIn(shop.shopUrl, 'staff@example.com', ['operator'])
    await expect
      .poll(async () => (await staff.call('GET', '/api/ops/alerts')).body, { timeout: 90_000 })
      .toMatchObject({ items: [{ rule: 'process-parked', subject: `relay/${key}`, orderId }] })
  } finally {
    await shop?.stop()
    await client.dispose()
    await node.stop()
  }
}, 300_000)
