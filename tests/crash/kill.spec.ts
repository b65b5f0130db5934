import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { startInstance, type OwnInstance } from '../../demo/instance.ts'
import { signIn, simulatorControl, type OrderView, type Placement } from '../../demo/shop-client.ts'
import { runInvariants } from '../../roles/invariants.ts'
import { capturedAttempts, eventually, partOf, providerBooks, shelves } from './witness.ts'

const ORDERS = 50

describe('a shop killed in the middle of fifty orders', () => {
  let shop: OwnInstance | undefined
  let database = ownDatabase()
  beforeEach(() => {
    database = ownDatabase()
  })
  afterEach(async () => {
    await shop?.stop()
    await database.drop()
  })

  it('brings every acknowledged order to its end, charges nobody twice and keeps every unit', async () => {
    shop = await startInstance({
      PAYMENT_WINDOW_MS: '20000',
      PAYPAY_CODE_LIFE_MS: '15000',
      ...database.environment,
    })
    const { shopUrl, simulatorUrl } = shop
    const simulate = simulatorControl(simulatorUrl)
    const buyer = await signIn(shopUrl, 'crash@example.com')
    const before = await shelves(buyer)
    const products = [...before]
      .filter(([, available]) => available >= 20)
      .map(([productId]) => productId)
      .slice(0, 5)
    expect(products).toHaveLength(5)

    const acknowledged = new Map<string, { productId: string; placement: Placement }>()
    const paying = new Set<string>()
    const cancelled = new Set<string>()

    /** One buyer's order: pay two of three, cancel one of three, keep going whatever breaks. */
    const order = async (nth: number): Promise<void> => {
      const productId = products[nth % products.length] ?? ''
      const placement = await buyer.place(productId, 1, `crash-${nth}`)
      acknowledged.set(placement.orderId, { productId, placement })
      if (nth % 3 === 2) {
        const reply = await buyer.call('POST', `/api/orders/${placement.orderId}/cancel`)
        if (reply.status === 200) cancelled.add(placement.orderId)
        return
      }
      const { merchantPaymentId } = await buyer.payable(placement.orderId)
      await simulate('pay', { merchantPaymentId, dropHook: nth % 2 === 0 })
      paying.add(placement.orderId)
    }

    const firstHalf = Array.from({ length: ORDERS }, (_, nth) => order(nth))
    const killed = (async () => {
      await eventually('ten payments under way', 60_000, () => paying.size >= 10)
      await shop?.kill()
    })()
    await Promise.allSettled(firstHalf)
    await killed
    const survivors = acknowledged.size
    expect(survivors).toBeGreaterThan(10)
    await shop.restart()

    // Every request that got no answer is sent again with its key: the same order, or the first one.
    const again = await Promise.allSettled(
      Array.from({ length: ORDERS }, async (_, nth) => {
        const placement = await buyer.place(products[nth % products.length] ?? '', 1, `crash-${nth}`)
        const known = acknowledged.get(placement.orderId)
        if (known !== undefined) expect(placement.amount).toEqual(known.placement.amount)
        acknowledged.set(placement.orderId, { productId: products[nth % products.length] ?? '', placement })
      }),
    )
    expect(again.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(acknowledged.size).toBe(ORDERS)

    const ended = new Map<string, OrderView>()
    for (const orderId of acknowledged.keys())
      ended.set(
        orderId,
        await buyer.until(
          orderId,
          'its end',
          ({ status }) => status !== 'PENDING' && status !== 'WAITING_PAYMENT',
          60_000,
        ),
      )
    for (const orderId of paying) expect(ended.get(orderId)?.status).toBe('PAID')
    for (const orderId of cancelled) expect(ended.get(orderId)?.status).toBe('CANCELLED')

    const captured = capturedAttempts(await providerBooks(simulatorUrl))
    const paid = [...ended.values()].filter(({ status }) => status === 'PAID')
    expect(captured).toEqual(paid.map(({ payment }) => payment?.merchantPaymentId ?? 'none').toSorted())

    const sold = new Map<string, number>()
    for (const { orderId } of paid) {
      const productId = acknowledged.get(orderId)?.productId ?? ''
      sold.set(productId, (sold.get(productId) ?? 0) + 1)
    }
    const expected = products.map((productId) => [
      productId,
      (before.get(productId) ?? 0) - (sold.get(productId) ?? 0),
    ])
    await expect
      .poll(
        async () => {
          const now = await shelves(buyer)
          return products.map((productId) => [productId, now.get(productId)])
        },
        { timeout: 60_000 },
      )
      .toEqual(expected)

    const environment = { KESSAI_DATA: shop.dataDir }
    const check = () => runInvariants({ settled: true, json: true, environment, print: () => {} })
    await expect.poll(check, { timeout: 60_000, interval: 500 }).toBe(0)
  }, 300_000)

  it('goes on when its event store or its provider is killed under it', async () => {
    shop = await startInstance(database.environment)
    const { shopUrl, simulatorUrl } = shop
    const simulate = simulatorControl(simulatorUrl)
    const buyer = await signIn(shopUrl, 'parts@example.com')
    const [productId = ''] = [...(await shelves(buyer))].find(([, available]) => available >= 10) ?? []

    for (const part of ['embedded-eventstore', 'paypay-simulator']) {
      const { orderId } = await buyer.place(productId)
      const { merchantPaymentId } = await buyer.payable(orderId)
      const pid = partOf(shop.pid(), part)
      expect(pid, part).toBeDefined()
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      await expect
        .poll(
          async () =>
            simulate('pay', { merchantPaymentId }).then(
              () => 'paid',
              () => 'away',
            ),
          { timeout: 60_000 },
        )
        .toBe('paid')
      await expect
        .poll(
          async () =>
            buyer.order(orderId).then(
              ({ status }) => status,
              () => 'away',
            ),
          { timeout: 60_000 },
        )
        .toBe('PAID')
    }
    await expect
      .poll(async () => (await fetch(`${shopUrl}/health/ready`)).status, { timeout: 60_000 })
      .toBe(200)
  }, 300_000)
})
