import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import { sameMoney } from '../money/money.ts'
import type {
  AttachImage,
  DelistProduct,
  DescribeProduct,
  ListProduct,
  ProductCommand,
  ProductRefusal,
  RepriceProduct,
} from './commands.ts'
import type { ProductEvent } from './events.ts'
import { decideRevision } from './revising.ts'
import { isPayable, samePicture, sameWords, type Offer, type ProductState } from './state.ts'

export type { ProductState } from './state.ts'

type ProductDecision = Decision<ProductEvent, ProductRefusal>

/** One product of stream `product-{productId}`. */
export const productDecider: Decider<ProductState, ProductCommand, ProductEvent, ProductRefusal> = {
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'ProductListed': {
        const { productId, category, title, description, price, taxRatePercent } = event.data
        const offer = { productId, category, title, description, price, taxRatePercent }
        return state.status === 'none' ? { status: 'ACTIVE', offer } : { ...state, status: 'ACTIVE', offer }
      }
      case 'ProductRepriced':
        return withOffer(state, { price: event.data.price })
      case 'ProductDescribed': {
        const { category, title, description } = event.data
        return withOffer(state, { category, title, description })
      }
      case 'ProductDelisted':
        return state.status === 'none' ? state : { ...state, status: 'DELISTED' }
      case 'ProductImageAttached':
        return state.status === 'none' ? state : { ...state, picture: event.data.picture }
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
      case 'AttachImage':
        return decideImage(state, command)
      case 'ReviseProduct':
        return decideRevision(state, command)
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

const decideImage = (state: ProductState, { picture, atMs }: AttachImage): ProductDecision => {
  if (state.status === 'none') return refused('unknown-product')
  return state.picture !== undefined && samePicture(state.picture, picture)
    ? unchanged
    : accepted({ type: 'ProductImageAttached', data: { picture, atMs } })
}
