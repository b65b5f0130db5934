import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Buyer } from '../../demo/shop-client.ts'
import { childrenOf } from './process-tree.ts'

const Books = z.object({
  totals: z.object({ capturedMinor: z.int(), refundedMinor: z.int() }),
  payments: z.array(z.object({ merchantPaymentId: z.string(), status: z.string() })),
})

/** The provider's own books, which crashes of the shop do not touch. */
export const providerBooks = async (simulatorUrl: string): Promise<z.infer<typeof Books>> =>
  Books.parse(await (await fetch(`${simulatorUrl}/_sim/state?limit=1000`)).json())

/** The attempts whose money the provider still has, in alphabetical order. */
export const capturedAttempts = ({ payments }: z.infer<typeof Books>): string[] =>
  payments
    .filter(({ status }) => status === 'COMPLETED')
    .map(({ merchantPaymentId }) => merchantPaymentId)
    .toSorted()

const Catalogue = z.object({ items: z.array(z.object({ productId: z.string(), available: z.number() })) })

/** What is on the shelves now, by product. */
export const shelves = async (buyer: Buyer): Promise<ReadonlyMap<string, number>> => {
  const { items } = Catalogue.parse((await buyer.call('GET', '/api/products?size=100')).body)
  return new Map(items.map(({ productId, available }) => [productId, available]))
}

/** The process of one part below a running shop; undefined while there is none. */
export const partOf = (shopPid: number, part: string): number | undefined =>
  childrenOf(shopPid).find(({ command }) => command.includes(part))?.pid

const STEP_MS = 20

/**
 * Does it again until it succeeds, as somebody would who was told to try later; it must be harmless to repeat.
 * @throws what the last try threw, once the limit has passed.
 */
export const persisting = async <T>(limitMs: number, attempt: () => Promise<T>): Promise<T> => {
  const giveUpAtMs = Date.now() + limitMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > giveUpAtMs) throw error
      await pause(STEP_MS)
    }
  }
}

/** Waits for something that happens by itself, for a bounded time. */
export const eventually = async (what: string, limitMs: number, holds: () => boolean): Promise<void> => {
  const giveUpAtMs = Date.now() + limitMs
  while (!holds()) {
    if (Date.now() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await pause(STEP_MS)
  }
}
