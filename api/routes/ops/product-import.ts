import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { CommandContext } from '#platform/commands/runner.ts'
import type { PictureUploads } from '#platform/images/uploads.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem, type ProblemCode } from '../../problems.ts'
import {
  CsvRefused,
  LARGEST_FILE_BYTES,
  MOST_ROWS,
  readCsv,
  type CsvRefusal,
} from '../../product-import/csv-rows.ts'
import { exampleCsv } from '../../product-import/example.ts'
import { ColumnsMissing, importProducts, type ImportResult } from '../../product-import/product-import.ts'
import { OPTIONAL_COLUMNS, REQUIRED_COLUMNS } from '../../product-import/product-row.ts'
import { problems } from '../../schemas.ts'
import { CATALOGUE_STAFF, staffActor } from './staff-only.ts'
import { fileIn } from './uploads.ts'

const tags = ['ops']
const VISIBLE_WITHIN_MS = 5_000

/** What browsers and spreadsheets call such a list. */
const CSV_TYPES = ['text/csv', 'application/csv', 'application/vnd.ms-excel']

const ImportReply = z.object({
  total: z.int(),
  success: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  errors: z
    .array(z.object({ line: z.int(), productId: z.string(), code: z.string(), message: z.string() }))
    .readonly(),
  position: z.int(),
})

/** Importing a list of products. One list at a time in each process: each is held in memory while it is worked through. */
export const productImportRoutes = (app: ApiScope, deps: ApiDependencies, uploads: PictureUploads): void => {
  const { commands, clock, newId, waitFor } = deps
  let isBusy = false

  const carriedOut = async (request: FastifyRequest): Promise<ImportResult> => {
    const contextOf = (productId: string): CommandContext => ({
      commandId: newId(),
      correlationId: productId,
      causationId: request.id,
      actor: staffActor(customerOf(request)),
      ...traceOf(request.headers),
    })
    try {
      return await importProducts(await readCsv(await listIn(request)), {
        commands,
        clock,
        uploads,
        contextOf,
      })
    } catch (error) {
      if (error instanceof CsvRefused) throw new Problem(REFUSALS[error.reason], { detail: error.detail })
      if (error instanceof ColumnsMissing)
        throw new Problem('csv-columns-missing', {
          errors: error.columns.map((path) => ({ path, message: 'is missing' })),
        })
      throw error
    }
  }

  app.addContentTypeParser(CSV_TYPES, (_request, payload, done) => {
    done(null, payload)
  })
  app.post(
    '/api/ops/products/import',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: {
        tags,
        summary: 'Import a list of products',
        description:
          `CSV in UTF-8, as \`text/csv\` or as the file of a form; up to ${MOST_ROWS} rows and ` +
          `${LARGEST_FILE_BYTES / 1_024 / 1_024} MiB. Columns: ${REQUIRED_COLUMNS.join(', ')}; and if wanted ` +
          `${OPTIONAL_COLUMNS.join(', ')}. What is so already is unchanged, so the same list again is safe. A row that ` +
          'cannot be carried out is named in `errors`, and the others are carried out all the same.',
        consumes: ['text/csv'],
        body: z.string(),
        response: { 200: ImportReply, ...problems },
      },
    },
    async (request) => {
      if (isBusy) throw new Problem('import-under-way', { retryAfterSeconds: 5 })
      isBusy = true
      try {
        const result = await carriedOut(request)
        const { total, success, failed } = result
        request.log.info({ total, success, failed }, 'A list of products was imported')
        await waitFor(result.position, VISIBLE_WITHIN_MS)
        return result
      } finally {
        isBusy = false
      }
    },
  )

  app.get(
    '/api/ops/products/import/example',
    {
      config: { access: { staff: CATALOGUE_STAFF } },
      schema: { tags, summary: 'A list to begin with', produces: ['text/csv'] },
    },
    async (_request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="products.csv"')
        .header('cache-control', 'no-store')
        .type('text/csv; charset=utf-8')
        .send(exampleCsv()),
  )
}

const REFUSALS: Readonly<Record<CsvRefusal, ProblemCode>> = {
  'not-utf-8': 'csv-not-utf-8',
  'too-large': 'csv-too-large',
  'too-broken': 'csv-unreadable',
  empty: 'csv-unreadable',
  'cut-short': 'csv-unreadable',
}

/** @throws Problem where there is none, or where it says of itself that it is not UTF-8. */
const listIn = async (request: FastifyRequest): Promise<Readable> => {
  if (request.isMultipart()) return (await fileIn(request, LARGEST_FILE_BYTES + 1)).content
  const { body } = request
  if (!(body instanceof Readable)) throw new Problem('unsupported-media-type')
  const charset = /;\s*charset="?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    body.resume()
    throw new Problem('csv-not-utf-8', { detail: `It says that it is ${charset}. Send it as UTF-8.` })
  }
  return body
}
