import type { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiScope } from '../../instance.ts'
import { Problem, type ProblemCode } from '../../problems.ts'

/** Lets a scope take files: a request holds one, and little else, and its body is a stream that no schema can check. */
export const acceptUploads = async (app: ApiScope): Promise<void> => {
  await app.register(multipart, {
    limits: { files: 1, fields: 4, parts: 5, fieldSize: 1_024, fieldNameSize: 100, headerPairs: 50 },
  })
  app.setValidatorCompiler<z.ZodType>((route) =>
    route.httpPart === 'body' ? () => true : validatorCompiler(route),
  )
}

/** How a route describes such a body. */
export const FileBody = z.object({ file: z.string().meta({ format: 'binary' }) })

export interface UploadedFile {
  readonly fileName: string
  readonly content: Readable
}

/**
 * The one file of a multipart request, as it comes. It must be read, or let run out.
 * @throws Problem `unsupported-media-type`, `file-missing`, or `bad-request` where the parts cannot be told apart.
 */
export const fileIn = async (request: FastifyRequest, largestBytes: number): Promise<UploadedFile> => {
  if (!request.isMultipart()) throw new Problem('unsupported-media-type')
  const part = await request.file({ limits: { fileSize: largestBytes } }).catch(() => {
    throw new Problem('bad-request')
  })
  if (part === undefined) throw new Problem('file-missing')
  return { fileName: part.filename, content: part.file }
}

/** The whole of a stream, unless it is larger than this; the rest is then let run out. @throws Problem `tooLarge` */
export const wholeOf = async (
  content: Readable,
  largestBytes: number,
  tooLarge: ProblemCode,
): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of content.iterator({ destroyOnReturn: false })) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('A file is made of bytes')
    size += piece.length
    if (size > largestBytes) {
      content.resume()
      throw new Problem(tooLarge)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
