import { z } from 'zod'
import { contentTypeOf, ImagesUnavailable } from '#platform/images/port.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'

/** A name says what is in the file, so whoever has it never needs to ask again. */
const FOREVER = 'public, max-age=31536000, immutable'

/** Uploaded pictures, for everybody to see. Only names that a picture can have are ever looked for. */
export const imageRoute = (app: ApiScope, { images }: Pick<ApiDependencies, 'images'>): void => {
  app.get(
    '/images/:name',
    { schema: { hide: true, params: z.object({ name: z.string().max(200) }) } },
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
}

const read = async (images: ApiDependencies['images'], name: string): Promise<Uint8Array | undefined> => {
  try {
    return await images.get(name)
  } catch (error) {
    if (!(error instanceof ImagesUnavailable)) throw error
    throw new Problem('temporarily-unavailable', { retryAfterSeconds: 1 })
  }
}
