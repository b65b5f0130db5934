import { z } from 'zod'
import { LARGEST_PAGE_SIZE, LAST_PAGE } from '#projections/page.ts'

/** The shape of every error, as the descriptions of the routes show it. */
export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    correlationId: z.string(),
  })
  .meta({ id: 'Problem' })

/** Goes into each route's replies: whatever else it answers, an error is a problem document. */
export const problems = {
  default: {
    description: 'A problem document; `GET /problems/{code}` says what a code means.',
    content: { 'application/problem+json': { schema: ProblemSchema } },
  },
}

/**
 * A whole number from nought on, where a query leaves it open. `z.coerce.number` would take an empty field for nought:
 * the first revision in place of the newest, or a highest price that nothing has.
 */
export const WholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number from 0 on')
  .transform(Number)
  .meta({ type: 'integer' })

export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(LAST_PAGE).default(1),
  size: z.coerce.number().int().min(1).max(LARGEST_PAGE_SIZE).default(20),
})

/** Ids in addresses are parsed by whoever knows what an unusable one means: there is nothing at such an address. */
export const IdParams = z.object({ id: z.string().max(200) })

/** A position in the log that an earlier reply gave: the answer is at least as new. */
export const Position = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).readonly(), total: z.int(), page: z.int(), size: z.int() })
