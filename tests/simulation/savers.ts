import { OrderId, type ProductId } from '#domain/ids.ts'
import type { Instance } from './instance.ts'
import { isEnded, type OrderViews } from './order-views.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'

export interface SaversOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly products: readonly [ProductId, ...ProductId[]]
  readonly views: OrderViews
  readonly anyInstance: () => Instance | undefined
  readonly placed: (customer: string, key: string, orderId: string) => void
  readonly saw: Saw
  readonly trace: (what: string) => void
}

/** Buyers who pay from a wallet. */
export interface Savers {
  readonly arrive: (nth: number, afterMs: number) => void
}

/** All of one household, so that their orders want of one wallet at the same time. */
const HOUSEHOLD = 'household'
const PATIENCE_MS = 10_000
const MOST_TRIES = 30

export const savers = (options: SaversOptions): Savers => {
  const { scheduler, random, products, views, anyInstance, saw, trace } = options

  const ask = async <T>(question: (instance: Instance) => Promise<T>): Promise<T | undefined> => {
    const instance = anyInstance()
    if (instance === undefined) return undefined
    const answer = question(instance).catch((error: unknown) => {
      trace(`a saver was refused: ${String(error)}`)
      return undefined
    })
    return Promise.race([answer, scheduler.sleep(PATIENCE_MS).then(() => undefined)])
  }

  /** Tries until it is answered, as a page would; now and then twice at once. */
  const press = async <T>(question: (instance: Instance) => Promise<T>): Promise<readonly T[]> => {
    for (let nth = 0; nth < MOST_TRIES; nth += 1) {
      const twice = random.chance(0.2)
      const answers = await Promise.all(twice ? [ask(question), ask(question)] : [ask(question)])
      const given = answers.filter((answer) => answer !== undefined)
      if (given.length > 0) return given
      await scheduler.sleep(random.between(500, 5_000))
    }
    return []
  }

  const payIn = async (key: string, amountMinor: number): Promise<void> => {
    const answers = await press((instance) => instance.deposit({ customerId: HOUSEHOLD, key, amountMinor }))
    trace(`pays ${amountMinor} into the wallet by ${key}: ${answers.length > 0 ? 'done' : 'given up'}`)
  }

  const shop = async (nth: number): Promise<void> => {
    if (random.chance(0.7)) await payIn(`first-${nth}`, random.between(1, 80) * 10)
    const items = [{ productId: random.pick([...products]), quantity: random.between(1, 2) }]
    const key = `key-${nth}`
    const orderIds = await press((instance) =>
      instance.place({ customerId: HOUSEHOLD, key, items, paymentMethod: 'WALLET' }),
    )
    for (const orderId of orderIds) options.placed(HOUSEHOLD, key, orderId)
    const [placed] = orderIds
    if (placed === undefined) return
    trace(`a saver placed ${placed}`)
    if (random.chance(0.3)) {
      // In the very moment in which the wallet pays, or nearly.
      await scheduler.sleep(random.between(0, random.chance(0.7) ? 400 : 5_000))
      const view = views.of(placed)
      if (view !== undefined && !isEnded(view)) saw('wallet: an order is called off as it is paid')
      const orderId = OrderId.parse(placed)
      await press((instance) =>
        instance
          .tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: instance.host.clock.nowMs() })
          .then(() => true),
      )
    }
    if (random.chance(0.3)) await payIn(`second-${nth}`, random.between(1, 80) * 10)
  }

  return {
    arrive: (nth, afterMs) => {
      scheduler.after(afterMs, () => {
        void shop(nth)
      })
    },
  }
}
