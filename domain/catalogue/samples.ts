import { ProductId } from '../ids.ts'
import { money } from '../money/money.ts'
import type {
  AttachImage,
  DelistProduct,
  DescribeProduct,
  ListProduct,
  RepriceProduct,
  ReviseProduct,
} from './commands.ts'
import type { Picture, ProductEvent } from './events.ts'

const AT_MS = 1_795_200_000_000

const listing = {
  productId: ProductId.parse('kettle'),
  category: 'kitchen',
  title: { ja: '鉄瓶', en: 'Iron kettle', zh: '铁壶' },
  description: { ja: '南部鉄器の鉄瓶。', en: 'A kettle of Nambu ironware.' },
  price: money(12_800, 'JPY'),
  taxRatePercent: 10,
  listedAtMs: AT_MS,
}
export const list: ListProduct = { type: 'ListProduct', ...listing }
export const reprice = (amountMinor: number): RepriceProduct => ({
  type: 'RepriceProduct',
  price: money(amountMinor, 'JPY'),
  atMs: AT_MS,
})
const words = {
  category: 'kitchen',
  title: { ja: '鉄瓶 1.2L' },
  description: { ja: '南部鉄器の鉄瓶。', zh: '南部铁壶。' },
  atMs: AT_MS,
}
export const describeProduct: DescribeProduct = { type: 'DescribeProduct', ...words }
export const delist: DelistProduct = { type: 'DelistProduct', atMs: AT_MS }

export const listed = { type: 'ProductListed', data: listing } satisfies ProductEvent
export const repriced = (amountMinor: number): ProductEvent => ({
  type: 'ProductRepriced',
  data: { price: money(amountMinor, 'JPY'), atMs: AT_MS },
})
export const described: ProductEvent = { type: 'ProductDescribed', data: words }
export const delisted: ProductEvent = { type: 'ProductDelisted', data: { atMs: AT_MS } }

/** A picture whose files are named with one letter. */
export const pictureOf = (letter: 'a' | 'b' | 'c'): Picture => ({
  original: { name: `${letter.repeat(64)}.jpg`, width: 1_600, height: 1_200 },
  thumbnail: { name: `${letter.repeat(64)}.webp`, width: 320, height: 320 },
})
export const attach = (letter: 'a' | 'b' | 'c'): AttachImage => ({
  type: 'AttachImage',
  picture: pictureOf(letter),
  atMs: AT_MS,
})
export const attached = (letter: 'a' | 'b' | 'c'): ProductEvent => ({
  type: 'ProductImageAttached',
  data: { picture: pictureOf(letter), atMs: AT_MS },
})

/** What a list says of the product that was listed: exactly that. */
export const revise = (change: Partial<ReviseProduct> = {}): ReviseProduct => ({
  type: 'ReviseProduct',
  productId: listing.productId,
  isOnSale: true,
  title: { ja: listing.title.ja },
  description: { ja: listing.description.ja },
  price: listing.price,
  listedAtMs: AT_MS,
  atMs: AT_MS,
  ...change,
})
