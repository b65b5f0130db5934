import { impossible } from '#domain/decider.ts'
import type { EventFacts, Logged } from '../events.ts'
import { idIn } from '../events.ts'
import { defineProjection } from '../projection.ts'
import { PRODUCTS } from './collection.ts'
import type { ListedProduct, ProductDocument } from './document.ts'
import { levelsAfter, NO_STOCK } from './stock-levels.ts'

const CATALOGUE = [
  'ProductListed',
  'ProductRepriced',
  'ProductDescribed',
  'ProductDelisted',
  'ProductImageAttached',
] as const
const STOCK = [
  'StockReceived',
  'StockReserved',
  'StockReservationConfirmed',
  'StockReservationReleased',
  'StockAdjusted',
  'StockReturned',
] as const

type CatalogueType = (typeof CATALOGUE)[number]
type StockType = (typeof STOCK)[number]
type Handled = CatalogueType | StockType

/** What does the shop offer, at what price, and how much of it is there? From the product's stream and its stock's. */
export const products = defineProjection<ProductDocument, Logged<Handled>>({
  name: 'products',
  version: 1,
  collection: PRODUCTS,
  handles: [...CATALOGUE, ...STOCK],
  key: ({ stream }) => idIn(stream),
  evolve: (document, event) => {
    const before: ProductDocument = document ?? {
      productId: idIn(event.stream),
      status: 'UNLISTED',
      stock: NO_STOCK,
      revisions: { product: -1, stock: -1 },
    }
    const followed = isOfStock(event) ? 'stock' : 'product'
    const revision = before.revisions[followed]
    if (event.revision <= revision) return undefined
    refuseGap(revision, event)
    const revisions = { ...before.revisions, [followed]: event.revision }
    return isOfStock(event)
      ? { ...before, stock: levelsAfter(before.stock, event), revisions }
      : { ...catalogued(before, event), revisions }
  },
})

const isOfStock = (event: Logged<Handled>): event is Logged<StockType> =>
  (STOCK as readonly string[]).includes(event.type)

/** Levels with an event missing would be wrong for good without anybody noticing. */
const refuseGap = (revision: number, event: EventFacts): void => {
  if (event.revision !== revision + 1)
    throw new Error(
      `${event.stream} goes on at revision ${event.revision}, but ${revision + 1} was never seen`,
    )
}

const catalogued = (before: ProductDocument, event: Logged<CatalogueType>): ListedProduct => {
  if (event.type === 'ProductListed') {
    const { category, title, description, price, taxRatePercent, listedAtMs } = event.data
    const { productId, stock, revisions } = before
    const picture = before.status === 'UNLISTED' ? undefined : before.picture
    const listing = {
      status: 'ACTIVE',
      category,
      title,
      description,
      price,
      taxRatePercent,
      listedAtMs,
    } as const
    return { productId, stock, revisions, ...listing, ...(picture === undefined ? {} : { picture }) }
  }
  if (before.status === 'UNLISTED')
    throw new Error(`${event.type} in ${event.stream}, which was never listed`)
  switch (event.type) {
    case 'ProductRepriced':
      return { ...before, price: event.data.price }
    case 'ProductDescribed': {
      const { category, title, description } = event.data
      return { ...before, category, title, description }
    }
    case 'ProductDelisted':
      return { ...before, status: 'DELISTED' }
    case 'ProductImageAttached':
      return { ...before, picture: event.data.picture }
    default:
      return impossible(event)
  }
}
