import { z } from 'zod'
import { startInstance, type OwnInstance } from '../demo/instance.ts'
import { signIn, simulatorControl, type Buyer } from '../demo/shop-client.ts'
import { treeRssBytes } from '../tests/crash/process-tree.ts'
import { assert, atRate, percentile, perSecond } from './measure.ts'
import { watchOrder } from './order-socket.ts'

export interface Percentiles {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly samples: number
}

const percentiles = (sorted: readonly number[]): Percentiles => ({
  p50Ms: percentile(sorted, 50),
  p95Ms: percentile(sorted, 95),
  p99Ms: percentile(sorted, 99),
  samples: sorted.length,
})

export interface WholeShop {
  readonly startedInMs: number
  readonly atRestMb: number
  readonly underLoadMb: readonly number[]
  /** POST /api/orders at 50 a second. */
  readonly placing: Percentiles
  /** R7: from the provider's success to the socket's PAID frame. */
  readonly paidByWebhook: Percentiles
  readonly paidWithoutWebhook: Percentiles
  /** R8: the webhook's answer at 50 a second, each body new. */
  readonly webhook: Percentiles
  /** R2: orders from placed to sold, all at once. */
  readonly completeOrdersPerSecond: number
}

/** Everything a buyer, an operator and the provider feel, on one shop as `npm start` runs it. */
export const wholeShop = async (): Promise<WholeShop> => {
  const shop = await startInstance()
  try {
    const buyer = await signIn(shop.shopUrl, 'bench@example.com')
    const goods = await stockedProducts(buyer)
    await placing(buyer, goods, 2)
    const atRestMb = await restingMb(shop)
    const placed = await placing(buyer, goods, 10)
    const underLoadMb = [treeMb(shop)]
    const paidByWebhook = await paying(shop, buyer, goods, 60, false)
    const paidWithoutWebhook = await paying(shop, buyer, goods, 20, true)
    underLoadMb.push(treeMb(shop))
    const webhook = await webhooks(shop, buyer, goods)
    const completeOrdersPerSecond = await completing(shop, buyer, goods)
    underLoadMb.push(treeMb(shop))
    return {
      startedInMs: shop.startedInMs(),
      atRestMb,
      underLoadMb,
      placing: placed,
      paidByWebhook,
      paidWithoutWebhook,
      webhook,
      completeOrdersPerSecond,
    }
  } finally {
    await shop.stop()
  }
}

const treeMb = (shop: OwnInstance): number => Math.round(treeRssBytes(shop.pid()) / 1e6)

const restingMb = async (shop: OwnInstance): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  return treeMb(shop)
}

const Catalogue = z.object({ items: z.array(z.object({ productId: z.string(), available: z.number() })) })

type Goods = (nth: number) => string

/** The bench buys more than the shop holds, so it cancels what it does not need and spreads over all goods. */
const stockedProducts = async (buyer: Buyer): Promise<Goods> => {
  const { body } = await buyer.call('GET', '/api/products?size=100')
  const stocked = Catalogue.parse(body)
    .items.filter(({ available }) => available >= 40)
    .map(({ productId }) => productId)
  assert(stocked.length > 10, 'the seed has too few goods for a bench')
  return (nth) => stocked[nth % stocked.length] ?? ''
}

const placing = async (buyer: Buyer, goods: Goods, seconds: number): Promise<Percentiles> => {
  const orders: string[] = []
  const taken = await atRate(50, seconds, async (nth) => {
    orders.push((await buyer.place(goods(nth))).orderId)
  })
  assert(new Set(orders).size === 50 * seconds, 'two requests made one order')
  await perSecond(orders.length, 8, (nth) => settle(buyer, orders[nth] ?? ''))
  return percentiles(taken)
}

/** Cancels an order and waits for its stock to be free, so that the next figure starts from the same shop. */
const settle = async (buyer: Buyer, orderId: string): Promise<void> => {
  await buyer.call('POST', `/api/orders/${orderId}/cancel`)
  await buyer.until(orderId, 'its end', ({ status }) => status === 'CANCELLED' || status === 'FAILED', 60_000)
}

const paying = async (
  shop: OwnInstance,
  buyer: Buyer,
  goods: Goods,
  orders: number,
  dropHook: boolean,
): Promise<Percentiles> => {
  const simulate = simulatorControl(shop.simulatorUrl)
  const taken: number[] = []
  for (let nth = 0; nth < orders; nth += 1) {
    const placement = await buyer.place(goods(nth))
    const { merchantPaymentId } = await buyer.payable(placement.orderId)
    const watched = await watchOrder(shop.shopUrl, placement)
    await simulate('pay', { merchantPaymentId, dropHook })
    const succeededAtMs = performance.now()
    await watched.paid
    taken.push(performance.now() - succeededAtMs)
    watched.close()
  }
  return percentiles(taken.toSorted((a, b) => a - b))
}

const webhooks = async (shop: OwnInstance, buyer: Buyer, goods: Goods): Promise<Percentiles> => {
  const { orderId } = await buyer.place(goods(0))
  const { merchantPaymentId } = await buyer.payable(orderId)
  const taken = await atRate(50, 10, async (nth) => {
    const reply = await fetch(`${shop.shopUrl}/api/paypay/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        notification_type: 'Transaction',
        merchant_order_id: nth % 2 === 0 ? merchantPaymentId : `other-system-${nth}`,
        order_id: String(nth),
        order_amount: '1',
        state: 'COMPLETED',
      }),
    })
    assert(reply.status === 200, `a webhook was answered ${reply.status}`)
  })
  assert((await buyer.order(orderId)).status === 'WAITING_PAYMENT', 'a forged webhook changed an order')
  await settle(buyer, orderId)
  return percentiles(taken)
}

const COMPLETE_ORDERS = 300
const BUYERS_AT_ONCE = 24

const completing = async (shop: OwnInstance, buyer: Buyer, goods: Goods): Promise<number> => {
  const simulate = simulatorControl(shop.simulatorUrl)
  const turns = Array.from({ length: COMPLETE_ORDERS }, (_, nth) => nth).values()
  let paid = 0
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: BUYERS_AT_ONCE }, async () => {
      for (const nth of turns) {
        // Through the socket, as a page does: asking again and again would be most of the load.
        const watched = await watchOrder(shop.shopUrl, await buyer.place(goods(nth)))
        await simulate('pay', { merchantPaymentId: await watched.payable })
        await watched.paid
        watched.close()
        paid += 1
      }
    }),
  )
  assert(paid === COMPLETE_ORDERS, `${paid} of ${COMPLETE_ORDERS} orders were paid`)
  return COMPLETE_ORDERS / ((performance.now() - begin) / 1_000)
}
