import { z } from 'zod'
import type { RunningShop } from './running-shop.ts'
import { expect } from './test.ts'

const Product = z.object({ priceMinor: z.int(), available: z.int() })
const State = z.object({ totals: z.object({ capturedMinor: z.int() }) })

/** What came of a test at the shop and at the provider, rather than on the screen. */
export interface Books {
  /** How many orders were ever placed. */
  readonly orders: number
  /** What PayPay ever took from buyers. */
  readonly capturedMinor: number
}

export const booksOf = async ({ ordersPlaced, simulatorUrl }: RunningShop): Promise<Books> => {
  const { totals } = State.parse(await (await fetch(`${simulatorUrl}/_sim/state`)).json())
  return { orders: await ordersPlaced(), capturedMinor: totals.capturedMinor }
}

/** The shop's shelf, as its owner moves things on it; each deed is over when the catalogue shows it. */
export const shelfOf = (shop: RunningShop) => {
  const look = async (id: string): Promise<z.infer<typeof Product> | undefined> => {
    const answer = await fetch(`${shop.url}/api/products/${id}`)
    return answer.ok ? Product.parse(await answer.json()) : undefined
  }
  return {
    look,
    /** So many units are left of it. */
    leave: async (id: string, units: number): Promise<void> => {
      const delta = units - ((await look(id))?.available ?? 0)
      if (delta !== 0) await shop.adjustStock(id, delta)
      await expect.poll(async () => (await look(id))?.available).toBe(units)
    },
    reprice: async (id: string, amountMinor: number): Promise<void> => {
      await shop.reprice(id, amountMinor)
      await expect.poll(async () => (await look(id))?.priceMinor).toBe(amountMinor)
    },
    /** For good: no test may use this product for anything else. */
    delist: async (id: string): Promise<void> => {
      await shop.delist(id)
      await expect.poll(() => look(id)).toBeUndefined()
    },
  }
}
