import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { product } from '#domain/catalogue/aggregate.ts'
import type { ProductCommand } from '#domain/catalogue/commands.ts'
import { ProductId } from '#domain/ids.ts'
import { MAX_AMOUNT_MINOR, money } from '#domain/money/money.ts'
import { Locale } from '#domain/order/events.ts'
import type { ListedProduct } from '#projections/products/document.ts'
import { productQueries } from '#projections/products/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { localeOf, textIn } from '../../locale.ts'
import { iso } from '../../orders/order-view.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem } from '../../problems.ts'
import { productPictures } from '../../product-pictures.ts'
import { pageOf, PageQuery, problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'
import { CATALOGUE_STAFF, staffActor } from './staff-only.ts'
import { StockLevelsView, stockView } from './stock-view.ts'

const tags = ['ops']
const VISIBLE_WITHIN_MS = 3_000

const ProductStatus = z.enum(['ACTIVE', 'INACTIVE'])
const STATUSES = { ACTIVE: 'ACTIVE', INACTIVE: 'DELISTED' } as const satisfies Record<
  z.infer<typeof ProductStatus>,
  ListedProduct['status']
>

const OpsProduct = z.object({
  productId: z.string(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  /** Tax included. */
  priceMinor: z.int(),
  currency: z.string(),
  taxRatePercent: z.int(),
  status: ProductStatus,
  listedAt: z.string(),
  imageUrl: z.string(),
  thumbnailUrl: z.string(),
  /** False while it is shown by a drawing that came with the shop, or by none. */
  hasPicture: z.boolean(),
  stock: StockLevelsView,
})
type OpsProduct = z.infer<typeof OpsProduct>

const Language = z.object({ lang: Locale.optional() })
const ProductParams = z.object({ productId: z.string().max(200) })

/** The catalogue as staff see it, products that are off sale too; and what changes one product of it. */
export const opsProductRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { commands, clock, newId, readStore, waitFor } = deps
  const products = productQueries(readStore)
  const picturesOf = productPictures(deps)

  const view = (listed: ListedProduct, locale: Locale): OpsProduct => ({
    productId: listed.productId,
    title: textIn(listed.title, locale),
    description: textIn(listed.description, locale),
    category: listed.category,
    priceMinor: listed.price.amountMinor,
    currency: listed.price.currency,
    taxRatePercent: listed.taxRatePercent,
    status: listed.status === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE',
    listedAt: iso(listed.listedAtMs),
    ...picturesOf(listed),
    hasPicture: listed.picture !== undefined,
    stock: stockView(listed.stock),
  })

  const found = async (rawId: string): Promise<ListedProduct & { readonly productId: ProductId }> => {
    const productId = ProductId.safeParse(rawId)
    const listed = productId.success ? await products.byId(productId.data) : undefined
    if (!productId.success || listed === undefined) throw new Problem('product-not-found')
    return { ...listed, productId: productId.data }
  }

  /** @returns the product as it is afterwards. */
  const change = async (
    request: FastifyRequest,
    id: ProductId,
    command: ProductCommand,
  ): Promise<OpsProduct> => {
    const outcome = await commands.run(product, id, command, {
      commandId: newId(),
      correlationId: id,
      causationId: request.id,
      actor: staffActor(customerOf(request)),
      ...traceOf(request.headers),
    })
    if (outcome.kind === 'refused') {
      const { refusal } = outcome
      throw new Problem(
        refusal === 'unknown-product' || refusal === 'already-listed' ? 'product-not-found' : refusal,
      )
    }
    await waitFor(outcome.position, VISIBLE_WITHIN_MS)
    return view(await found(id), localeOf(request))
  }

  app.get(
    '/api/ops/products',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'All products, also those off sale',
        description: 'Newest first. `q` is looked for in ids and titles.',
        querystring: PageQuery.extend({
          q: z.string().max(200).optional(),
          status: ProductStatus.optional(),
          ...Language.shape,
        }),
        response: { 200: pageOf(OpsProduct), ...problems },
      },
    },
    async (request, reply) => {
      const { q, status, page, size, lang } = request.query
      const { items, total } = await products.listAll({
        page,
        size,
        ...(q === undefined ? {} : { q }),
        ...(status === undefined ? {} : { status: STATUSES[status] }),
      })
      const locale = lang ?? localeOf(request)
      return reply
        .header('cache-control', 'no-store')
        .send({ items: items.map((listed) => view(listed, locale)), total, page, size })
    },
  )

  app.get(
    '/api/ops/products/:productId',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'One product as staff see it',
        params: ProductParams,
        querystring: Language,
        response: { 200: OpsProduct, ...problems },
      },
    },
    async (request, reply) => {
      const listed = await found(request.params.productId)
      return reply
        .header('cache-control', 'no-store')
        .send(view(listed, request.query.lang ?? localeOf(request)))
    },
  )

  app.post(
    '/api/ops/products/:productId/price',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: {
        tags,
        summary: 'Change the price for orders to come',
        params: ProductParams,
        body: z.object({ priceMinor: z.int().min(1).max(MAX_AMOUNT_MINOR) }),
        response: { 200: OpsProduct, ...problems },
      },
    },
    async (request) => {
      const { productId, price } = await found(request.params.productId)
      return change(request, productId, {
        type: 'RepriceProduct',
        price: money(request.body.priceMinor, price.currency),
        atMs: clock.nowMs(),
      })
    },
  )

  app.post(
    '/api/ops/products/:productId/status',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: {
        tags,
        summary: 'Put a product on sale, or take it off',
        description: 'Back on sale it is what it was when it went off. Orders already placed go on.',
        params: ProductParams,
        body: z.object({ status: ProductStatus }),
        response: { 200: OpsProduct, ...problems },
      },
    },
    async (request) => {
      const { productId, listedAtMs } = await found(request.params.productId)
      const atMs = clock.nowMs()
      const state = await commands.state(product, productId)
      if (request.body.status === 'INACTIVE' || state.status === 'none')
        return change(request, productId, { type: 'DelistProduct', atMs })
      const { offer } = state
      return change(request, productId, { ...offer, type: 'ReviseProduct', isOnSale: true, listedAtMs, atMs })
    },
  )
}
