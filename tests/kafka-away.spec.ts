import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { startInstance, type OwnInstance } from '../demo/instance.ts'
import { signIn, simulatorControl } from '../demo/shop-client.ts'

/** An address where nobody listens: it was given away and taken back. */
const nobody = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

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
