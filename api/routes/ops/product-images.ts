import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { product } from '#domain/catalogue/aggregate.ts'
import { ProductId } from '#domain/ids.ts'
import { ImagesUnavailable } from '#platform/images/port.ts'
import { PictureRefused, type PictureRefusal } from '#platform/images/preparing.ts'
import {
  isPlainFileName,
  TooManyUploads,
  type KeptPicture,
  type PictureUploads,
} from '#platform/images/uploads.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem, type ProblemCode } from '../../problems.ts'
import { pictureAddress } from '../../product-pictures.ts'
import { problems } from '../../schemas.ts'
import { deedRecording } from './deeds.ts'
import { CATALOGUE_STAFF, staffActor } from './staff-only.ts'
import { FileBody, fileIn, wholeOf } from './uploads.ts'

const tags = ['ops']

export const LARGEST_PICTURE_BYTES = 10 * 1_024 * 1_024
const VISIBLE_WITHIN_MS = 3_000

const PictureView = z.object({
  imageUrl: z.string(),
  thumbnailUrl: z.string(),
  width: z.int(),
  height: z.int(),
})

/** Uploading pictures, and showing a product by one. */
export const productImageRoutes = (app: ApiScope, deps: ApiDependencies, uploads: PictureUploads): void => {
  const { commands, clock, newId, waitFor } = deps
  const begin = deedRecording(deps)

  const taken = async (request: FastifyRequest, nameWhenOdd?: string) => {
    const { fileName, content } = await fileIn(request, LARGEST_PICTURE_BYTES + 1)
    const name = isPlainFileName(fileName) ? fileName : nameWhenOdd
    if (name === undefined) {
      content.resume()
      throw new Problem('file-name-not-plain')
    }
    const upload = await wholeOf(content, LARGEST_PICTURE_BYTES, 'picture-too-large')
    const take = () => uploads.take(name, upload).catch(asProblem)
    return { name, picture: await take(), takeAgain: take }
  }

  app.post(
    '/api/ops/images',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: {
        tags,
        summary: 'Upload a picture for a list to name',
        description:
          'JPEG, PNG or WebP. The `imageFile` of an import finds it by its file name; another upload of that name takes ' +
          'its place for imports to come.',
        consumes: ['multipart/form-data'],
        body: FileBody,
        response: { 201: PictureView.extend({ fileName: z.string() }), ...problems },
      },
    },
    async (request, reply) => {
      const { name, picture } = await taken(request)
      // By its file alone: what a file was called may name a person.
      await begin(request, 'PICTURE_UPLOAD', picture.original.name)
      return reply.code(201).send({ fileName: name, ...viewOf(picture) })
    },
  )

  app.post(
    '/api/ops/products/:productId/image',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: {
        tags,
        summary: 'Show a product by this picture',
        description:
          'JPEG, PNG or WebP of up to 10 MiB. What a camera wrote into it is left out. The same file again changes nothing.',
        consumes: ['multipart/form-data'],
        params: z.object({ productId: z.string().max(200) }),
        body: FileBody,
        response: {
          200: PictureView.extend({ productId: z.string(), position: z.int() }),
          ...problems,
        },
      },
    },
    async (request) => {
      const productId = ProductId.safeParse(request.params.productId)
      // Before the file is read: a mistyped id should not cost an upload.
      if (!productId.success || (await commands.state(product, productId.data)).status === 'none')
        throw new Problem('product-not-found')
      const { picture, takeAgain } = await taken(request, productId.data)
      const outcome = await commands.run(
        product,
        productId.data,
        { type: 'AttachImage', picture, atMs: clock.nowMs() },
        {
          commandId: newId(),
          correlationId: productId.data,
          causationId: request.id,
          actor: staffActor(customerOf(request)),
          ...traceOf(request.headers),
        },
      )
      if (outcome.kind === 'refused') throw new Problem('product-not-found')
      // Where it was replaced long ago and shown again just now, its old files may have been on their way out.
      if (!(await uploads.isKept(picture).catch(asProblem))) await takeAgain()
      await waitFor(outcome.position, VISIBLE_WITHIN_MS)
      return { productId: productId.data, ...viewOf(picture), position: outcome.position }
    },
  )
}

const viewOf = ({ original, thumbnail }: KeptPicture): z.infer<typeof PictureView> => ({
  imageUrl: pictureAddress(original.name),
  thumbnailUrl: pictureAddress(thumbnail.name),
  width: original.width,
  height: original.height,
})

const REFUSALS: Readonly<Record<PictureRefusal, ProblemCode>> = {
  'not-a-picture': 'picture-type-unsupported',
  'too-many-pixels': 'picture-too-large',
  damaged: 'picture-damaged',
}

const asProblem = (error: unknown): never => {
  if (error instanceof PictureRefused) throw new Problem(REFUSALS[error.reason])
  if (error instanceof TooManyUploads) throw new Problem('pictures-busy', { retryAfterSeconds: 5 })
  if (error instanceof ImagesUnavailable)
    throw new Problem('temporarily-unavailable', { retryAfterSeconds: 1 })
  throw error
}
