import type { Product } from '~/api/types'

/** What search engines read of a product: schema.org's Product with one Offer. Addresses must be absolute. */
export const productData = (product: Product, at: { readonly url: string; readonly origin: string }) => ({
  '@context': 'https://schema.org',
  '@type': 'Product',
  sku: product.productId,
  name: product.title,
  description: product.description,
  image: new URL(product.imageUrl, at.origin).href,
  url: at.url,
  offers: {
    '@type': 'Offer',
    url: at.url,
    price: majorUnits(product.priceMinor, product.currency),
    priceCurrency: product.currency,
    itemCondition: 'https://schema.org/NewCondition',
    availability: `https://schema.org/${product.available > 0 ? 'InStock' : 'OutOfStock'}`,
  },
})

/** JSON for a script element: nothing in it can end the element. */
export const scriptJson = (data: unknown): string => JSON.stringify(data).replaceAll('<', String.raw`\u003c`)

const majorUnits = (amountMinor: number, currency: string): string => {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 0
  return (amountMinor / 10 ** digits).toFixed(digits)
}
