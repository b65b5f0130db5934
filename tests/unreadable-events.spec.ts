import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { startInstance, type OwnInstance } from '../demo/instance.ts'
import { signIn, simulatorControl, type Buyer } from '../demo/shop-client.ts'

const Readiness = z.object({
  status: z.string(),
  parts: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
})
const PATIENCE = { timeout: 60_000 }
const SOLD = 'sencha-yame-100g'
const POISONED = 'wind-chime-nambu-iron'

describe('a shop whose log holds events it cannot read', () => {
  let node: EmbeddedNode
  let client: EventStoreDBClient
  let shop: OwnInstance
  beforeEach(async () => {
    node = await startNode({ file: ':memory:' })
    client = EventStoreDBClient.connectionString(node.connectionString)
    shop = await startInstance({ EVENTSTORE_URL: node.connectionString, ALERT_CHECK_EVERY_MS: '250' })
  })
  afterEach(async () => {
    await shop.stop()
    await client.dispose()
    await node.stop()
  })

  const typesOf = async (stream: string): Promise<string[]> => {
    const types: string[] = []
    for await (const { event } of client.readStream(stream)) if (event !== undefined) types.push(event.type)
    return types
  }

  const readiness = async () => {
    const reply = await fetch(`${shop.shopUrl}/health/ready`)
    const { parts } = Readiness.parse(await reply.json())
    return {
      code: reply.status,
      details: Object.fromEntries(
        parts.flatMap(({ name, detail }) => (detail === undefined ? [] : [[name, detail]])),
      ),
    }
  }

  const parkedKeys = async (): Promise<Record<string, number>> => {
    const text = await (await fetch(`${shop.shopUrl}/metrics`)).text()
    return Object.fromEntries(
      [...text.matchAll(/^kessai_parked_keys\{kind="(\w+)",name="([^"]+)"\} (\d+)$/gm)].map(
        ([, kind, name, keys]) => [`${kind} ${name}`, Number(keys)],
      ),
    )
  }

  const alertsAboutParkedKeys = async (): Promise<Record<string, string>> => {
    const text = await (await fetch(`${shop.shopUrl}/metrics`)).text()
    return Object.fromEntries(
      [...text.matchAll(/^kessai_alerts_(\w+)\{rule="process-parked",severity="P2"\} (\d+)$/gm)].map(
        ([, name = '', count = '']) => [name, count],
      ),
    )
  }

  const snapshotOf = async (orderId: string, token: string): Promise<unknown> => {
    const address = `${shop.shopUrl.replace('http', 'ws')}/ws/orders?orderId=${orderId}&token=${token}`
    const socket = new WebSocket(address)
    try {
      return await new Promise((resolve, reject) => {
        socket.addEventListener('message', ({ data }) => {
          resolve(JSON.parse(String(data)))
        })
        socket.addEventListener('close', ({ code }) => {
          reject(new Error(`The socket was closed: ${code}`))
        })
      })
    } finally {
      socket.close()
    }
  }

  const buyAndPay = async (buyer: Buyer): Promise<void> => {
    const { orderId } = await buyer.place(SOLD)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulatorControl(shop.simulatorUrl)('pay', { merchantPaymentId })
    await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID')
  }

  it('parks two orders and one product, says so, and sells everything else, also after a restart', async () => {
    const buyer = await signIn(shop.shopUrl, 'unreadable@example.com')
    const { orderId } = await buyer.place(SOLD)
    await buyer.payable(orderId)
    const garbage = await client.appendToStream(`order-${orderId}`, [
      jsonEvent({
        type: 'OrderCancelled',
        data: { by: 'hanako@example.com' },
        metadata: { $correlationId: orderId, schemaVersion: 1 },
      }),
    ])
    await client.appendToStream(`product-${POISONED}`, [
      jsonEvent({
        type: 'ProductOnSale',
        data: { for: 'hanako@example.com' },
        metadata: { schemaVersion: 1 },
      }),
    ])
    const neverRead = randomUUID()
    await client.appendToStream(`order-${neverRead}`, [
      jsonEvent({ type: 'OrderPlaced', data: {}, metadata: { $correlationId: neverRead, schemaVersion: 9 } }),
    ])
    const before = await typesOf(`order-${orderId}`)
    expect(before.at(-1)).toBe('OrderCancelled')

    await Promise.all([buyAndPay(buyer), buyAndPay(buyer), buyAndPay(buyer)])

    const parked = {
      'process checkout': 2,
      'process forgetting': 0,
      'process mailing': 2,
      'process payment-confirmation': 0,
      'process refunding': 0,
      'process remediation': 0,
      'projection alerts@1': 0,
      'projection event-log@1': 3,
      'projection inconsistency@1': 2,
      'projection order-audit@1': 2,
      'projection order-summary@3': 2,
      'projection order-timeline@2': 2,
      'projection payment-latency@1': 0,
      'projection products@1': 1,
      'projection wallet-entries@1': 0,
      'projection wallet@1': 0,
    }
    await expect.poll(parkedKeys, PATIENCE).toStrictEqual(parked)
    await expect.poll(alertsAboutParkedKeys, PATIENCE).toStrictEqual({ open: '4', raised_total: '4' })
    expect(await readiness()).toStrictEqual({
      code: 200,
      details: {
        'process checkout': '2 parked',
        'process mailing': '2 parked',
        'projection event-log@1': '3 parked',
        'projection inconsistency@1': '2 parked',
        'projection order-audit@1': '2 parked',
        'projection order-summary@3': '2 parked',
        'projection order-timeline@2': '2 parked',
        'projection products@1': '1 parked',
      },
    })

    const cancelled = await buyer.call('POST', `/api/orders/${orderId}/cancel`)
    expect([cancelled.status, cancelled.headers.get('content-type')]).toStrictEqual([
      500,
      'application/problem+json; charset=utf-8',
    ])
    expect(cancelled.body).toMatchObject({ code: 'record-unreadable', type: '/problems/record-unreadable' })
    const bought = await buyer.call(
      'POST',
      '/api/orders',
      { items: [{ productId: POISONED, quantity: 1 }], paymentMethod: 'PAYPAY' },
      { 'idempotency-key': 'poisoned-product' },
    )
    expect([bought.status, bought.body]).toMatchObject([500, { code: 'record-unreadable' }])
    expect(JSON.stringify([cancelled.body, bought.body])).not.toMatch(/hanako|OrderCancelled|ProductOnSale/)
    expect(await typesOf(`order-${orderId}`)).toStrictEqual(before)

    // What was known before is still shown, and nothing is made up about what came after.
    const shown = await buyer.order(orderId)
    expect(shown.status).toBe('WAITING_PAYMENT')
    expect(await snapshotOf(orderId, shown.channelToken)).toMatchObject({ type: 'SNAPSHOT' })
    for (const path of ['', '/recipient', '/timeline'])
      expect(await buyer.call('GET', `/api/orders/${neverRead}${path}`)).toMatchObject({
        status: 500,
        body: { code: 'record-unreadable' },
      })
    expect((await buyer.call('GET', `/api/products/${POISONED}`)).status).toBe(200)

    const lines = shop.printed().split('\n')
    const telling = (...words: readonly string[]): string[] =>
      lines.filter((line) => line.includes('"level":"error"') && words.every((word) => line.includes(word)))
    const place = [
      `"stream":"order-${orderId}"`,
      `"revision":${garbage.nextExpectedRevision}`,
      '"type":"OrderCancelled"',
      '"eventId":',
    ]
    expect(telling('"process":"checkout"', '"error":', ...place)).toHaveLength(1)
    expect(telling('"projection":"order-summary@3"', '"error":', ...place)).toHaveLength(1)
    expect(telling('"correlationId":', '"reason":', ...place)).toHaveLength(1)
    expect(telling(`"stream":"product-${POISONED}"`, '"type":"ProductOnSale"').length).toBeGreaterThan(1)
    expect(shop.printed()).not.toContain('hanako')

    await shop.kill()
    await shop.restart()
    await expect.poll(parkedKeys, PATIENCE).toStrictEqual(parked)
    await expect.poll(alertsAboutParkedKeys, PATIENCE).toStrictEqual({ open: '4', raised_total: '0' })
    await buyAndPay(await signIn(shop.shopUrl, 'unreadable-too@example.com'))
    expect((await readiness()).code).toBe(200)
  }, 300_000)
})
