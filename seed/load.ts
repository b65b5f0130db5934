import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { product } from '#domain/catalogue/aggregate.ts'
import { LocalizedText } from '#domain/catalogue/events.ts'
import { ProductId } from '#domain/ids.ts'
import { money, TaxRatePercent } from '#domain/money/money.ts'
import { stock } from '#domain/stock/aggregate.ts'
import type { CommandRunner, Outcome } from '#platform/commands/runner.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'

const Category = z.object({ categoryId: z.string(), name: LocalizedText, description: LocalizedText })

const Product = z.object({
  productId: ProductId,
  category: z.string(),
  title: LocalizedText,
  description: LocalizedText,
  priceMinor: z.int().positive(),
  taxRatePercent: TaxRatePercent,
  stock: z.int().nonnegative(),
  listedAt: z.iso.datetime({ offset: true }),
})

const read = async <T>(file: string, shape: z.ZodType<T>): Promise<T[]> =>
  z.array(shape).parse(JSON.parse(await readFile(new URL(file, import.meta.url), 'utf8')))

/** The names and words of the demo shop's categories. */
export const seedCategories = () => read('categories.json', Category)

/** How many products are loaded at once. */
const AT_ONCE = 16

/**
 * Lists the demo shop's products and takes in their stock, through the same commands as anybody; answers where in the
 * log the last of it is. Repeatable: command and receipt ids come from the product, so that a second run, or a run cut
 * short and begun again, adds nothing. A product whose streams cannot be read is left as it is, and the others go on.
 */
export const loadSeed = async (
  commands: CommandRunner,
): Promise<{
  readonly products: number
  readonly position: Position
  readonly unreadable: readonly UndecodableEvent[]
}> => {
  const products = await read('products.json', Product)
  const waiting = products.values()
  const unreadable: UndecodableEvent[] = []
  let position = 0
  const loadInTurn = async (): Promise<void> => {
    for (const item of waiting)
      try {
        position = Math.max(position, await load(commands, item))
      } catch (error) {
        if (!(error instanceof UndecodableEvent)) throw error
        unreadable.push(error)
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loadInTurn))
  return { products: products.length - unreadable.length, position, unreadable }
}

const load = async (commands: CommandRunner, item: z.infer<typeof Product>): Promise<Position> => {
  const { productId, category, title, description, taxRatePercent } = item
  const listedAtMs = Date.parse(item.listedAt)
  const contextOf = (step: string) => {
    const commandId = derivedId('seed', step, productId)
    return { commandId, correlationId: productId, causationId: commandId, actor: 'system:seed' }
  }
  // On a store that has been seeded before, the same ids at the same revision are answered without being written.
  const expectNew = { expectNew: true }
  const listed = await commands.run(
    product,
    productId,
    {
      type: 'ListProduct',
      productId,
      category,
      title,
      description,
      price: money(item.priceMinor, 'JPY'),
      taxRatePercent,
      listedAtMs,
    },
    contextOf('list'),
    expectNew,
  )
  if (item.stock === 0) return positionOf(listed)
  const received = await commands.run(
    stock,
    productId,
    { type: 'ReceiveStock', productId, receiptId: 'seed', quantity: item.stock, atMs: listedAtMs },
    contextOf('receive'),
    expectNew,
  )
  return Math.max(positionOf(listed), positionOf(received))
}

/** A product that was changed since it was seeded refuses to be listed again as it was; that is fine. */
const positionOf = (outcome: Outcome<unknown, unknown>): Position =>
  outcome.kind === 'refused' ? 0 : outcome.position
