import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { order } from '#domain/order/aggregate.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { isEnded } from '../../demo/flow.ts'
import { startInstance, type OwnInstance } from '../../demo/instance.ts'
import {
  signIn,
  simulatorControl,
  type Buyer,
  type OrderView,
  type Placement,
} from '../../demo/shop-client.ts'
import { runInvariants } from '../../roles/invariants.ts'
import { reachEventStore } from '../../roles/reach-event-store.ts'
import { capturedAttempts, eventually, partOf, persisting, providerBooks, shelves } from './witness.ts'

const ORDERS = 200
const BUYERS = 10
const KILLS = 10
const EVENT_STORE = 'embedded-eventstore'

/** What a buyer does with the nth order: most pay, some call it off, some walk away, some pay and call off at once. */
const intentOf = (nth: number): 'pay' | 'cancel' | 'walk away' | 'pay and cancel' => {
  if (nth % 10 === 7) return 'cancel'
  if (nth % 10 === 8) return 'walk away'
  return nth % 20 === 9 ? 'pay and cancel' : 'pay'
}

interface Deed {
  readonly buyer: Buyer
  readonly placement: Placement
  /** The provider said that it has the money. */
  paid: boolean
  /** The shop said that the order is called off. */
  cancelled: boolean
}

const ListOfOrders = z.object({ items: z.array(z.object({ orderId: z.string(), status: z.string() })) })

describe('a shop whose event store is killed ten times in the middle of two hundred orders', () => {
  let shop: OwnInstance | undefined
  afterEach(async () => {
    await shop?.stop()
  })

  it('brings every order to its end, keeps its books with the provider, and breaks no rule', async () => {
    const running = await startInstance({ PAYMENT_WINDOW_MS: '20000', PAYPAY_CODE_LIFE_MS: '18000' })
    shop = running
    const { shopUrl, simulatorUrl, dataDir } = running
    const simulate = simulatorControl(simulatorUrl)
    const buyers = await Promise.all(
      Array.from({ length: BUYERS }, (_, nth) => signIn(shopUrl, `killed-${nth}@example.com`)),
    )
    const products = [...(await shelves(buyers[0]!))]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, 8)
      .map(([productId]) => productId)

    const deeds = new Map<string, Deed>()
    let acknowledged = 0

    const play = async (nth: number): Promise<void> => {
      const buyer = buyers[nth % BUYERS]!
      const intent = intentOf(nth)
      const placement = await persisting(60_000, () =>
        buyer.place(products[nth % products.length] ?? '', 1, `order-${nth}`),
      )
      const deed: Deed = { buyer, placement, paid: false, cancelled: false }
      deeds.set(placement.orderId, deed)
      acknowledged += 1
      const cancel = async (): Promise<void> => {
        const status = await persisting(60_000, async () => {
          const reply = await buyer.call('POST', `/api/orders/${placement.orderId}/cancel`)
          if (reply.status >= 500) throw new Error(`Cancelling: ${reply.status}`)
          return reply.status
        })
        deed.cancelled = status === 200
      }
      if (intent === 'cancel') return cancel()
      const shown = await persisting(60_000, async () => {
        const view = await buyer.order(placement.orderId)
        if (view.payment?.url === undefined && !isEnded(view))
          throw new Error(`Order ${placement.orderId} has no code yet: ${JSON.stringify(view)}`)
        return view
      })
      // The window may have passed while the store was away; such an order has ended without a code to pay.
      if (shown.payment?.url === undefined || intent === 'walk away') return
      const { merchantPaymentId } = shown.payment
      const paying = simulate('pay', { merchantPaymentId, dropHook: nth % 2 === 0 }).then(
        () => true,
        () => false,
      )
      if (intent === 'pay and cancel') await cancel()
      deed.paid = await paying
    }

    const waiting = Array.from({ length: ORDERS }, (_, nth) => nth).values()
    const playInTurn = async (): Promise<void> => {
      for (const nth of waiting) await play(nth)
    }
    const playing = Promise.all(Array.from({ length: BUYERS * 2 }, playInTurn))
    const killing = (async () => {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await eventually(
          `progress before kill ${kill}`,
          60_000,
          () => acknowledged >= ((kill - 0.5) * ORDERS) / KILLS,
        )
        const pid = partOf(running.pid(), EVENT_STORE)
        if (pid === undefined) throw new Error(`There is no ${EVENT_STORE} to kill`)
        process.kill(pid, 'SIGKILL')
        await eventually(`${EVENT_STORE} started again`, 60_000, () => {
          const now = partOf(running.pid(), EVENT_STORE)
          return now !== undefined && now !== pid
        })
      }
    })()
    await Promise.all([playing, killing])
    expect(deeds.size).toBe(ORDERS)

    /** Money that the order could not take is surplus, and has gone back. */
    const isOver = (view: OrderView, { paid }: Deed): boolean => {
      const { status, surplus = [] } = view
      const isOwed = paid && status !== 'PAID' && surplus.length === 0
      return isEnded(view) && !isOwed && surplus.every(({ refund }) => refund === 'COMPLETED')
    }
    const ended = new Map<string, OrderView>()
    for (const [orderId, deed] of deeds)
      ended.set(
        orderId,
        await persisting(60_000, () =>
          deed.buyer.until(orderId, 'its end', (view) => isOver(view, deed), 60_000),
        ),
      )

    for (const [orderId, { paid, cancelled }] of deeds) {
      const view = ended.get(orderId)
      if (cancelled) expect(view).toMatchObject({ status: 'CANCELLED', surplus: paid ? [{}] : [] })
      else if (paid && view?.status !== 'PAID')
        expect(view).toMatchObject({ status: 'FAILED', surplus: [{}] })
      else if (!paid) expect(view?.status).not.toBe('PAID')
    }
    const statuses = [...ended.values()].map(({ status }) => status)
    // How many buyers were in time is the machine's affair.
    expect(new Set(statuses)).toEqual(new Set(['PAID', 'CANCELLED', 'FAILED']))

    const paid = [...ended.values()].filter(({ status }) => status === 'PAID')
    const books = await providerBooks(simulatorUrl)
    expect(capturedAttempts(books)).toEqual(
      paid.map(({ payment }) => payment?.merchantPaymentId ?? 'none').toSorted(),
    )
    expect(books.totals.capturedMinor - books.totals.refundedMinor).toBe(
      paid.reduce((sum, { amount }) => sum + amount.amountMinor, 0),
    )

    // Stock and checkouts follow an order's end, so the log settles a moment after the last of them.
    const printed: string[] = []
    const check = (): Promise<number> => {
      printed.length = 0
      return runInvariants({
        settled: true,
        json: false,
        environment: { KESSAI_DATA: dataDir },
        print: (line) => printed.push(line),
      })
    }
    await expect.poll(check, { timeout: 60_000, interval: 500 }).toBe(0)
    expect(printed.at(-1)).toMatch(new RegExp(`^invariants: \\d+ events, ${ORDERS} orders, 0 violations$`))

    await expectReadModelsToAgree(dataDir, buyers, ended)
  }, 300_000)
})

/** What each buyer's list says, what the order's page says and what its events say is one and the same. */
const expectReadModelsToAgree = async (
  dataDir: string,
  buyers: readonly Buyer[],
  ended: ReadonlyMap<string, OrderView>,
): Promise<void> => {
  const shown = Object.fromEntries([...ended].map(([orderId, { status }]) => [orderId, status]))
  const lists = await Promise.all(
    buyers.map(async (buyer) => ListOfOrders.parse((await buyer.call('GET', '/api/orders?size=100')).body)),
  )
  const listed = lists.flatMap(({ items }) => items)
  expect(listed).toHaveLength(ended.size)
  expect(Object.fromEntries(listed.map(({ orderId, status }) => [orderId, status]))).toEqual(shown)

  const { url, close } = await reachEventStore({ KESSAI_DATA: dataDir })
  const store = connectEventStore({ connectionString: url, clock: systemClock })
  try {
    const told: Record<string, string> = {}
    for (const orderId of ended.keys()) {
      let state = order.decider.initial
      for await (const { type, metadata, data } of store.read(`order-${orderId}`))
        state = order.decider.evolve(state, order.codec.decode(type, metadata.schemaVersion, data))
      told[orderId] = state.status
    }
    expect(told).toEqual(shown)
  } finally {
    await store.close()
    await close()
  }
}
