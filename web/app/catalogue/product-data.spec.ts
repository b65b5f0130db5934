import { describe, expect, it } from 'vitest'
import { productData, scriptJson } from './product-data'

const product = {
  productId: 'matcha-uji-30g',
  title: '宇治の抹茶 30g',
  description: '石臼で挽いた抹茶です。',
  category: 'tea-and-coffee',
  priceMinor: 1944,
  currency: 'JPY',
  taxRatePercent: 8,
  imageUrl: '/images/matcha-uji-30g.svg',
  thumbnailUrl: '/images/matcha-uji-30g.svg',
  available: 3,
}
const at = { url: 'https://shop.example/products/matcha-uji-30g', origin: 'https://shop.example' }

describe('what search engines read', () => {
  it('has absolute addresses and the price as people write it', () => {
    expect(productData(product, at)).toMatchObject({
      image: 'https://shop.example/images/matcha-uji-30g.svg',
      offers: { price: '1944', priceCurrency: 'JPY', availability: 'https://schema.org/InStock' },
    })
    expect(productData({ ...product, currency: 'USD' }, at).offers.price).toBe('19.44')
  })

  it('says when nothing is left', () => {
    expect(productData({ ...product, available: 0 }, at).offers.availability).toBe(
      'https://schema.org/OutOfStock',
    )
  })

  it('cannot end the script element it stands in', () => {
    const written = scriptJson({ title: '</script><script>' })
    expect(written).not.toContain('<')
    expect(JSON.parse(written)).toEqual({ title: '</script><script>' })
  })
})
