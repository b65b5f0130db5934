import { product } from '#domain/catalogue/aggregate.ts'
import { ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { RunPlan } from './fault-plan.ts'
import type { Randomness } from './randomness.ts'

/** What is for sale in this run. */
export const productsOf = ({ products }: RunPlan): readonly [ProductId, ...ProductId[]] => [
  ProductId.parse('product-0'),
  ...Array.from({ length: products - 1 }, (_, nth) => ProductId.parse(`product-${nth + 1}`)),
]

/** Lists the products and takes in their units, before anybody comes and anything goes wrong. */
export const stockUp = async (
  log: EventStore,
  random: Randomness,
  plan: RunPlan,
  nowMs: () => number,
): Promise<void> => {
  let calls = 0
  // Nobody rivals it, so it never waits and needs no clock.
  const commands = commandRunner({
    store: log,
    clock: systemClock,
    random: random.next,
    newId: () => derivedId('stocking', (calls += 1)),
  })
  for (const productId of productsOf(plan)) {
    const context = (step: string) => {
      const id = derivedId(step, productId)
      return { commandId: id, correlationId: productId, causationId: id, actor: 'system:seed' }
    }
    await commands.run(
      product,
      productId,
      {
        type: 'ListProduct',
        productId,
        category: 'things',
        title: { ja: productId },
        description: { ja: productId },
        price: money(random.between(1, 50) * 10, 'JPY'),
        taxRatePercent: 10,
        listedAtMs: nowMs(),
      },
      context('list'),
    )
    await commands.run(
      stock,
      productId,
      {
        type: 'ReceiveStock',
        productId,
        receiptId: 'first',
        quantity: plan.unitsPerProduct,
        atMs: nowMs(),
      },
      context('receive'),
    )
  }
}
