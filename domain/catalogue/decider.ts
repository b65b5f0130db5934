import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import type { ProductId } from '../ids.ts'
import { MAX_AMOUNT_MINOR, sameMoney, type Money } from '../money/money.ts'
import type {
  DelistProduct,
  DescribeProduct,
  ListProduct,
  ProductCommand,
  ProductRefusal,
  RepriceProduct,
} from './commands.ts'
import type { LocalizedText, ProductEvent } from './events.ts'

/** What is offered while a product is on sale. */
interface Offer {
  readonly productId: ProductId
  readonly category: string
  readonly title: LocalizedText
  readonly description: LocalizedText
  readonly price: Money
  readonly taxRatePercent: number
}

export type ProductState =
  | { readonly status: 'none' }
  | { readonly status: 'ACTIVE'; readonly offer: Offer }
  | { readonly status: 'DELISTED' }

type ProductDecision = Decision<ProductEvent, ProductRefusal>

/** One product of stream `product-{productId}`. */
export const productDecider: Decider<ProductState, ProductCommand, ProductEvent, ProductRefusal> = {
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'ProductListed': {
        const { productId, category, title, description, price, taxRatePercent } = event.data
        const offer = { productId, category, title, description, price, taxRatePercent }
        return { status: 'ACTIVE', offer }
      }
      case 'ProductRepriced':
        return withOffer(state, { price: event.data.price })
      case 'ProductDescribed': {
        const { category, title, description } = event.data
        return withOffer(state, { category, title, description })
      }
      case 'ProductDelisted':
        return { status: 'DELISTED' }
      default:
        return impossible(event)
    }
  },
  decide: (state, command) => {
    switch (command.type) {
      case 'ListProduct':
        return decideListing(state, command)
      case 'RepriceProduct':
        return decidePrice(state, command)
      case 'DescribeProduct':
        return decideDescription(state, command)
      case 'DelistProduct':
        return decideDelisting(state, command)
      default:
        return impossible(command)
    }
  },
}

const withOffer = (state: ProductState, change: Partial<Offer>): ProductState =>
  state.status === 'ACTIVE' ? { ...state, offer: { ...state.offer, ...change } } : state

const decideListing = (state: ProductState, command: ListProduct): ProductDecision => {
  const { productId, category, title, description, price, taxRatePercent, listedAtMs } = command
  switch (state.status) {
    case 'ACTIVE':
      return sameWords(state.offer, command) &&
        sameMoney(state.offer.price, price) &&
        state.offer.taxRatePercent === taxRatePercent
        ? unchanged
        : refused('already-listed')
    case 'none':
    case 'DELISTED':
      return isPayable(price)
        ? accepted({
            type: 'ProductListed',
            data: { productId, category, title, description, price, taxRatePercent, listedAtMs },
          })
        : refused('price-out-of-range')
    default:
      return impossible(state)
  }
}

const decidePrice = (state: ProductState, { price, atMs }: RepriceProduct): ProductDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-product')
    case 'DELISTED':
      return refused('product-delisted')
    case 'ACTIVE':
      if (!isPayable(price)) return refused('price-out-of-range')
      return sameMoney(state.offer.price, price)
        ? unchanged
        : accepted({ type: 'ProductRepriced', data: { price, atMs } })
    default:
      return impossible(state)
  }
}

const decideDescription = (state: ProductState, command: DescribeProduct): ProductDecision => {
  const { category, title, description, atMs } = command
  switch (state.status) {
    case 'none':
      return refused('unknown-product')
    case 'DELISTED':
      return refused('product-delisted')
    case 'ACTIVE':
      return sameWords(state.offer, command)
        ? unchanged
        : accepted({ type: 'ProductDescribed', data: { category, title, description, atMs } })
    default:
      return impossible(state)
  }
}

const decideDelisting = (state: ProductState, { atMs }: DelistProduct): ProductDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-product')
    case 'DELISTED':
      return unchanged
    case 'ACTIVE':
      return accepted({ type: 'ProductDelisted', data: { atMs } })
    default:
      return impossible(state)
  }
}

const isPayable = ({ amountMinor }: Money): boolean => amountMinor >= 1 && amountMinor <= MAX_AMOUNT_MINOR

type Words = Pick<Offer, 'category' | 'title' | 'description'>

const sameWords = (a: Words, b: Words): boolean =>
  a.category === b.category && sameText(a.title, b.title) && sameText(a.description, b.description)

const sameText = (a: LocalizedText, b: LocalizedText): boolean =>
  a.ja === b.ja && a.en === b.en && a.zh === b.zh
