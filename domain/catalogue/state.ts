import type { ProductId } from '../ids.ts'
import { MAX_AMOUNT_MINOR, type Money } from '../money/money.ts'
import type { LocalizedText, Picture } from './events.ts'

/** What is offered while a product is on sale. */
export interface Offer {
  readonly productId: ProductId
  readonly category: string
  readonly title: LocalizedText
  readonly description: LocalizedText
  readonly price: Money
  readonly taxRatePercent: number
}

export type ProductState =
  | { readonly status: 'none' }
  | { readonly status: 'ACTIVE'; readonly offer: Offer; readonly picture?: Picture }
  /** The offer is the last one there was. */
  | { readonly status: 'DELISTED'; readonly offer: Offer; readonly picture?: Picture }

/** Neither for nothing nor more than a payment can carry. */
export const isPayable = ({ amountMinor }: Money): boolean =>
  amountMinor >= 1 && amountMinor <= MAX_AMOUNT_MINOR

export type Words = Pick<Offer, 'category' | 'title' | 'description'>

export const sameWords = (a: Words, b: Words): boolean =>
  a.category === b.category && sameText(a.title, b.title) && sameText(a.description, b.description)

const sameText = (a: LocalizedText, b: LocalizedText): boolean =>
  a.ja === b.ja && a.en === b.en && a.zh === b.zh

/** Files are named after what is in them. */
export const samePicture = (a: Picture, b: Picture): boolean =>
  a.original.name === b.original.name && a.thumbnail.name === b.thumbnail.name
