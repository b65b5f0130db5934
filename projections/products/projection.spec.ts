import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProductEvent } from '#domain/catalogue/events.ts'
import { attached, delisted, described, listed, pictureOf, repriced } from '#domain/catalogue/samples.ts'
import { money } from '#domain/money/money.ts'
import type { StockEvent } from '#domain/stock/events.ts'
import { OrderId } from '#domain/ids.ts'
import { adjusted, confirmed, received, released, reserved } from '#domain/stock/samples.ts'
import { documentsAfter, expectReplayIsHarmless, givenEvents, logOf, type Entry } from '../given.ts'
import type { ProductDocument } from './document.ts'
import { products } from './projection.ts'

const inCatalogue = (event: ProductEvent): Entry => ({ stream: 'product-kettle', event })
const inStock = (event: StockEvent): Entry => ({ stream: 'stock-kettle', event })

const returned = (returnId: string, quantity: number): StockEvent => ({
  type: 'StockReturned',
  data: { returnId, orderId: OrderId.parse('6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10'), quantity, atMs: 0 },
})

const { productId, ...listing } = listed.data
const NO_STOCK = { received: 0, adjusted: 0, available: 0, reserved: 0, sold: 0 }
const LISTED: ProductDocument = {
  productId,
  status: 'ACTIVE',
  ...listing,
  stock: NO_STOCK,
  revisions: { product: 0, stock: -1 },
}

describe('a product', () => {
  it('is on sale once it is listed, with nothing in stock yet', () => {
    expect(givenEvents(products, inCatalogue(listed)).document).toStrictEqual(LISTED)
  })

  it('takes a new price and new texts', () => {
    expect(
      givenEvents(products, inCatalogue(listed), inCatalogue(repriced(9_800)), inCatalogue(described))
        .document,
    ).toStrictEqual({
      ...LISTED,
      price: money(9_800, 'JPY'),
      title: { ja: '鉄瓶 1.2L' },
      description: { ja: '南部鉄器の鉄瓶。', zh: '南部铁壶。' },
      revisions: { product: 2, stock: -1 },
    })
  })

  it('is no longer on sale when it is delisted, and is again when it is listed again', () => {
    const gone = [inCatalogue(listed), inCatalogue(delisted)]
    expect(givenEvents(products, ...gone).document).toMatchObject({ status: 'DELISTED' })
    expect(givenEvents(products, ...gone, inCatalogue(listed)).document).toMatchObject({ status: 'ACTIVE' })
  })

  it('is shown by the picture attached last, also when it is listed again', () => {
    const pictured = [inCatalogue(listed), inCatalogue(attached('a')), inCatalogue(attached('b'))]
    expect(givenEvents(products, ...pictured).document).toMatchObject({ picture: pictureOf('b') })
    expect(
      givenEvents(products, ...pictured, inCatalogue(delisted), inCatalogue(listed)).document,
    ).toStrictEqual({ ...LISTED, picture: pictureOf('b'), revisions: { product: 4, stock: -1 } })
  })

  it('keeps stock that came in before the listing', () => {
    const stocked = { received: 10, adjusted: 0, available: 10, reserved: 0, sold: 0 }
    expect(givenEvents(products, inStock(received('receipt-1', 10))).document).toStrictEqual({
      productId: 'kettle',
      status: 'UNLISTED',
      stock: stocked,
      revisions: { product: -1, stock: 0 },
    })
    expect(
      givenEvents(products, inStock(received('receipt-1', 10)), inCatalogue(listed)).document,
    ).toStrictEqual({
      ...LISTED,
      stock: stocked,
      revisions: { product: 0, stock: 0 },
    })
  })

  it('counts what is received, adjusted, available, reserved and sold', () => {
    expect(
      givenEvents(
        products,
        inStock(received('receipt-1', 10)),
        inStock(reserved('reservation-1', 2)),
        inStock(reserved('reservation-2', 3)),
        inStock(confirmed('reservation-1', 2)),
        inStock(released('reservation-2', 3)),
        inStock(adjusted('count-1', -1)),
        inStock(reserved('reservation-3', 4)),
      ).document,
    ).toMatchObject({ stock: { received: 10, adjusted: -1, available: 3, reserved: 4, sold: 2 } })
  })

  it('has units on sale again that were sold and came back', () => {
    expect(
      givenEvents(
        products,
        inStock(received('receipt-1', 10)),
        inStock(reserved('reservation-1', 4)),
        inStock(confirmed('reservation-1', 4)),
        inStock(returned('return-1', 3)),
      ).document,
    ).toMatchObject({ stock: { received: 10, adjusted: 0, available: 9, reserved: 0, sold: 1 } })
  })

  it('stops at a gap in its stock rather than count wrong for good', () => {
    const [first, , third] = logOf([received('a', 1), received('b', 1), received('c', 1)].map(inStock))
    expect(first).toBeDefined()
    expect(third).toBeDefined()
    expect(() =>
      documentsAfter(
        products,
        [first, third].flatMap((event) => event ?? []),
      ),
    ).toThrow('goes on at revision 2, but 1 was never seen')
  })

  it('always has available + reserved + sold = received + adjusted, and is the same after any replay', () => {
    const histories = fc.array(
      fc.oneof(
        fc.constantFrom(inCatalogue(listed), inCatalogue(listed)),
        fc
          .tuple(
            fc.constantFrom(reserved, confirmed, released, received, adjusted, returned),
            fc.integer({ min: 1, max: 9 }),
          )
          .map(([make, quantity]) => inStock(make('id', quantity))),
      ),
      { maxLength: 30 },
    )
    expectReplayIsHarmless(products, histories)
    fc.assert(
      fc.property(histories, (entries) => {
        const { document } = givenEvents(products, ...entries)
        if (document === undefined) return
        const { stock } = document
        expect(stock.available + stock.reserved + stock.sold).toBe(stock.received + stock.adjusted)
      }),
    )
  })
})
