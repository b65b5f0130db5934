import { refused, unchanged, type Decision } from '../decider.ts'
import { sameMoney } from '../money/money.ts'
import {
  OTHER_GOODS,
  STANDARD_TAX_RATE_PERCENT,
  type ProductRefusal,
  type ReviseProduct,
} from './commands.ts'
import type { LocalizedText, ProductEvent } from './events.ts'
import { isPayable, samePicture, sameWords, type Offer, type ProductState } from './state.ts'

/**
 * What has to happen for a product to be as a list says, in one append. A product that is new and not on sale, or changed
 * while it is not, is listed and delisted at once, so that its particulars are kept without anybody being able to buy it.
 */
export const decideRevision = (
  state: ProductState,
  command: ReviseProduct,
): Decision<ProductEvent, ProductRefusal> => {
  if (!isPayable(command.price)) return refused('price-out-of-range')
  const before = state.status === 'none' ? undefined : state.offer
  const offer = revised(before, command)
  const [first, ...rest] = [...offering(state, offer, command), ...showing(state, command)]
  return first === undefined ? unchanged : { kind: 'accepted', events: [first, ...rest] }
}

const offering = (
  state: ProductState,
  offer: Offer,
  { isOnSale, listedAtMs, atMs }: ReviseProduct,
): readonly ProductEvent[] => {
  const listed: ProductEvent = { type: 'ProductListed', data: { ...offer, listedAtMs } }
  const delisted: ProductEvent = { type: 'ProductDelisted', data: { atMs } }
  if (state.status === 'ACTIVE') {
    const { taxRatePercent } = state.offer
    // A tax rate is fixed with the listing, so another one takes a listing of its own.
    if (taxRatePercent !== offer.taxRatePercent)
      return isOnSale ? [delisted, listed] : [delisted, listed, delisted]
    return [...changes(state.offer, offer, atMs), ...(isOnSale ? [] : [delisted])]
  }
  if (isOnSale) return [listed]
  return state.status === 'DELISTED' && sameOffer(state.offer, offer) ? [] : [listed, delisted]
}

const changes = (before: Offer, after: Offer, atMs: number): readonly ProductEvent[] => {
  const { category, title, description, price } = after
  return [
    ...(sameMoney(before.price, price) ? [] : [{ type: 'ProductRepriced', data: { price, atMs } } as const]),
    ...(sameWords(before, after)
      ? []
      : [{ type: 'ProductDescribed', data: { category, title, description, atMs } } as const]),
  ]
}

const showing = (state: ProductState, { picture, atMs }: ReviseProduct): readonly ProductEvent[] => {
  if (picture === undefined) return []
  const before = state.status === 'none' ? undefined : state.picture
  return before !== undefined && samePicture(before, picture)
    ? []
    : [{ type: 'ProductImageAttached', data: { picture, atMs } }]
}

const revised = (before: Offer | undefined, command: ReviseProduct): Offer => ({
  productId: command.productId,
  category: command.category ?? before?.category ?? OTHER_GOODS,
  title: translated(before?.title, command.title),
  description: translated(before?.description, command.description),
  price: command.price,
  taxRatePercent: command.taxRatePercent ?? before?.taxRatePercent ?? STANDARD_TAX_RATE_PERCENT,
})

/** A translation of a text that has changed says something else, so it goes with the text it was of. */
const translated = (before: LocalizedText | undefined, after: LocalizedText): LocalizedText =>
  before?.ja === after.ja ? { ...before, ...after } : after

const sameOffer = (a: Offer, b: Offer): boolean =>
  sameWords(a, b) && sameMoney(a.price, b.price) && a.taxRatePercent === b.taxRatePercent
