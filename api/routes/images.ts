import { z } from 'zod'
import { ProductId } from '#domain/ids.ts'
import { contentTypeOf, ImagesUnavailable } from '#platform/images/port.ts'
import { productQueries } from '#projections/products/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import { productPictures } from '../product-pictures.ts'

/** A name says what is in the file, so whoever has it never needs to ask again. */
const FOREVER = 'public, max-age=31536000, immutable'

/** A product may be given another picture. */
const A_WHILE = 'public, max-age=300'

/** Uploaded pictures, for everybody to see. Only names that a picture can have are ever looked for. */
export const imageRoutes = (
  app: ApiScope,
  deps: Pick<ApiDependencies, 'images' | 'imageUrl' | 'readStore'>,
): void => {
  const { images } = deps
  const products = productQueries(deps.readStore)
  const picturesOf = productPictures(deps)

  app.get(
    '/images/:name',
    { config: { access: 'open' }, schema: { hide: true, params: z.object({ name: z.string().max(200) }) } },
    async (request, reply) => {
      const { name } = request.params
      const type = contentTypeOf(name)
      const bytes = type === undefined ? undefined : await read(images, name)
      if (type === undefined || bytes === undefined) throw new Problem('not-found')
      return reply
        .header('cache-control', FOREVER)
        .header('x-content-type-options', 'nosniff')
        .header('content-disposition', 'inline')
        .type(type)
        .send(Buffer.from(bytes))
    },
  )

  // For orders: what they name may have gone off sale long ago, and keeps its picture all the same.
  app.get(
    '/images/products/:productId',
    {
      config: { access: 'open' },
      schema: { hide: true, params: z.object({ productId: z.string().max(200) }) },
    },
    async (request, reply) => {
      const productId = ProductId.safeParse(request.params.productId)
      if (!productId.success) throw new Problem('not-found')
      const product = await products.byId(productId.data)
      const { thumbnailUrl } = picturesOf(
        product?.status === 'ACTIVE' || product?.status === 'DELISTED'
          ? product
          : { productId: productId.data },
      )
      return reply.header('cache-control', A_WHILE).redirect(thumbnailUrl)
    },
  )
}

const read = async (images: ApiDependencies['images'], name: string): Promise<Uint8Array | undefined> => {
  try {
    return await images.get(name)
  } catch (error) {
    if (!(error instanceof ImagesUnavailable)) throw error
    throw new Problem('temporarily-unavailable', { retryAfterSeconds: 1 })
  }
}
