import { ProductId } from '../ids.ts'
import { money } from '../money/money.ts'
import type { DelistProduct, DescribeProduct, ListProduct, RepriceProduct } from './commands.ts'
import type { ProductEvent } from './events.ts'

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
