import { z } from 'zod'
import { ProductId } from '#domain/ids.ts'
import { MAX_LINES } from '#domain/order/commands.ts'
import { Locale } from '#domain/order/events.ts'
import { inTime } from '#projections/product-search/in-time.ts'
import { PRODUCTS } from '#projections/products/collection.ts'
import type { ListedProduct, ProductDocument } from '#projections/products/document.ts'
import { productQueries } from '#projections/products/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { localeOf, textIn } from '../locale.ts'
import { Problem } from '../problems.ts'
import { categoryPicture, productPictures } from '../product-pictures.ts'
import { IdParams, pageOf, PageQuery, problems, WholeNumber } from '../schemas.ts'

const tags = ['catalogue']

const ProductView = z.object({
  productId: z.string(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  /** Tax included. */
  priceMinor: z.int(),
  currency: z.string(),
  taxRatePercent: z.int(),
  imageUrl: z.string(),
  /** A small square one for lists; the same picture where there is only one. */
  thumbnailUrl: z.string(),
  /** Units that can be ordered now. */
  available: z.int(),
})
type ProductView = z.infer<typeof ProductView>

const CategoryView = z.object({
  categoryId: z.string(),
  name: z.string(),
  description: z.string().optional(),
  /** Products on sale in it. */
  count: z.int(),
  imageUrl: z.string(),
})

/** How many products each choice of a filter would leave, with the other filters as they are. */
const FacetsView = z.object({
  categories: z.array(z.object({ categoryId: z.string(), name: z.string(), count: z.int() })).readonly(),
  /** Cheapest first; minor units, ends inclusive, the outer ends open. */
  prices: z
    .array(z.object({ minPrice: z.int().optional(), maxPrice: z.int().optional(), count: z.int() }))
    .readonly(),
  inStock: z.int(),
})

/** As many as a cart can hold, at 64 characters, with their commas and some room. */
const LONGEST_IDS = MAX_LINES * 100

/** A healthy engine takes a tenth of this, and a reader who waits longer has gone. */
const SEARCH_WITHIN_MS = 2_000

const Language = z.object({ lang: Locale.optional() })
const Category = z.string().regex(/^[a-z0-9-]{1,40}$/)

/** Each once; what could not be an id is not looked for. */
const idsIn = (text: string): readonly string[] =>
  [...new Set(text.split(',').map((id) => id.trim()))].filter((id) => ProductId.safeParse(id).success)
const Ids = z
  .string()
  .max(LONGEST_IDS)
  .refine((text) => text.split(',').length <= MAX_LINES, `names more than ${MAX_LINES} products`)

/** What is on sale; open to everybody, and independent of the session store. */
export const catalogueRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { readStore, clock, categories: categoryTexts } = deps
  const limitMs = deps.searchWithinMs ?? SEARCH_WITHIN_MS
  const productSearch = inTime(deps.productSearch, { clock, limitMs })
  const products = productQueries(readStore)
  const picturesOf = productPictures(deps)
  const pictureOf = categoryPicture(deps)

  const view = (product: ListedProduct, locale: Locale): ProductView => ({
    productId: product.productId,
    title: textIn(product.title, locale),
    description: textIn(product.description, locale),
    category: product.category,
    priceMinor: product.price.amountMinor,
    currency: product.price.currency,
    taxRatePercent: product.taxRatePercent,
    ...picturesOf(product),
    available: Math.max(0, product.stock.available),
  })

  const nameOf = (category: string, locale: Locale): string => {
    const known = categoryTexts.find(({ categoryId }) => categoryId === category)
    return known === undefined ? category : textIn(known.name, locale)
  }

  /** These products as the read model has them now; what is not offered, or no longer, is left out. */
  const found = async (productIds: readonly string[], locale: Locale): Promise<ProductView[]> => {
    const documents = await readStore.load<ProductDocument>(PRODUCTS.name, productIds)
    return productIds.flatMap((productId) => {
      const product = documents.get(productId)?.body
      return product?.status === 'ACTIVE' ? [view(product, locale)] : []
    })
  }

  app.addHook('onSend', (_request, reply, payload, done) => {
    void reply.header('vary', 'Accept-Language')
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-cache')
    done(null, payload)
  })

  app.get(
    '/api/categories',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Categories',
        querystring: Language,
        response: { 200: pageOf(CategoryView), ...problems },
      },
    },
    async (request) => {
      const locale = request.query.lang ?? localeOf(request)
      const counts = new Map((await products.categories()).map(({ category, count }) => [category, count]))
      const named = categoryTexts.filter(({ categoryId }) => counts.has(categoryId))
      const names = new Set(named.map(({ categoryId }) => categoryId))
      const items = [
        ...named.map(({ categoryId, name, description }) => ({
          categoryId,
          name: textIn(name, locale),
          ...(description === undefined ? {} : { description: textIn(description, locale) }),
          count: counts.get(categoryId) ?? 0,
          imageUrl: pictureOf(categoryId),
        })),
        ...[...counts]
          .filter(([categoryId]) => !names.has(categoryId))
          .map(([categoryId, count]) => ({
            categoryId,
            name: categoryId,
            count,
            imageUrl: pictureOf(categoryId),
          })),
      ]
      return { items, total: items.length, page: 1, size: items.length }
    },
  )

  app.get(
    '/api/products',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Products, page by page or by id',
        description:
          `With \`ids\` (up to ${MAX_LINES}, separated by commas): those that are on sale, in the order given, all on one ` +
          'page; everything else but `lang` is then passed over.',
        querystring: PageQuery.extend({
          ids: Ids.optional(),
          category: Category.optional(),
          sort: z.enum(['newest', 'price-asc', 'price-desc']).default('newest'),
          ...Language.shape,
        }),
        response: { 200: pageOf(ProductView), ...problems },
      },
    },
    async (request) => {
      const { ids, category, sort, page, size, lang } = request.query
      const locale = lang ?? localeOf(request)
      if (ids !== undefined) {
        const items = await found(idsIn(ids), locale)
        return { items, total: items.length, page: 1, size: items.length }
      }
      const { items, total } = await products.list({
        sort,
        page,
        size,
        ...(category === undefined ? {} : { category }),
      })
      return { items: items.map((product) => view(product, locale)), total, page, size }
    },
  )

  app.get(
    '/api/products/search',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Search products',
        description:
          'Every facet is counted as if its own filter were not set. `didYouMean` finds something where it is searched for ' +
          'without filters.',
        querystring: PageQuery.extend({
          q: z.string().max(200).default(''),
          category: Category.optional(),
          minPrice: WholeNumber.optional(),
          maxPrice: WholeNumber.optional(),
          inStock: z.enum(['true', 'false']).optional(),
          sort: z.enum(['relevance', 'newest', 'price-asc', 'price-desc']).default('relevance'),
          ...Language.shape,
        }).refine(({ minPrice, maxPrice }) => (minPrice ?? 0) <= (maxPrice ?? Infinity), {
          path: ['minPrice'],
          message: 'must not be above maxPrice',
        }),
        response: {
          200: pageOf(ProductView).extend({ didYouMean: z.string().optional(), facets: FacetsView }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { q, category, minPrice, maxPrice, inStock, sort, page, size, lang } = request.query
      const locale = lang ?? localeOf(request)
      const result = await productSearch.search(q, {
        sort,
        page,
        size,
        locale,
        ...(category === undefined ? {} : { category }),
        ...(minPrice === undefined ? {} : { minPrice }),
        ...(maxPrice === undefined ? {} : { maxPrice }),
        ...(inStock === undefined ? {} : { inStock: inStock === 'true' }),
      })
      return {
        items: await found(result.items, locale),
        total: result.total,
        page,
        size,
        facets: {
          ...result.facets,
          categories: result.facets.categories.map(({ category: categoryId, count }) => ({
            categoryId,
            name: nameOf(categoryId, locale),
            count,
          })),
        },
        ...(result.didYouMean === undefined ? {} : { didYouMean: result.didYouMean }),
      }
    },
  )

  app.get(
    '/api/products/suggest',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Titles for what was typed so far',
        querystring: z.object({
          q: z.string().max(200).default(''),
          size: z.coerce.number().int().min(1).max(20).default(8),
          ...Language.shape,
        }),
        response: {
          200: z.object({
            items: z.array(z.object({ productId: z.string(), title: z.string() })).readonly(),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { q, size, lang } = request.query
      return { items: await productSearch.suggest(q, size, lang ?? localeOf(request)) }
    },
  )

  app.get(
    '/api/products/:id',
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'One product',
        params: IdParams,
        querystring: Language,
        response: { 200: ProductView, ...problems },
      },
    },
    async (request) => {
      const productId = ProductId.safeParse(request.params.id)
      const product = productId.success ? await products.byId(productId.data) : undefined
      if (product?.status !== 'ACTIVE') throw new Problem('product-not-found')
      return view(product, request.query.lang ?? localeOf(request))
    },
  )
}
