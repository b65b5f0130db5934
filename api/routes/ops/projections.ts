import { z } from 'zod'
import type { DeedKind } from '#domain/deed/events.ts'
import type { Role } from '#platform/identity/port.ts'
import { Generations } from '#projections/rebuild/generations.ts'
import { ProjectionView } from '#projections/rebuild/listing.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import type { RebuildAnswer, RebuildRefusal } from '#projections/rebuild/operations.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem, type ProblemCode } from '../../problems.ts'
import { problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'
import { deedRecording } from './deeds.ts'
import { staffActor } from './staff-only.ts'

const tags = ['operations']

/** A copy too many fills a disk and a switch changes what buyers see, so support only looks. */
const REBUILDING_STAFF: readonly Role[] = ['operator', 'admin']

const Named = z.object({ name: z.string().max(64) })
const Answered = z.object({
  /** False where it was so already. */
  changed: z.boolean(),
  copies: Generations,
})

const CODES: Readonly<Record<RebuildRefusal, ProblemCode>> = {
  'unknown-projection': 'projection-not-found',
  'nothing-building': 'no-copy-being-built',
  'not-caught-up': 'copy-not-caught-up',
  'nothing-kept': 'no-earlier-copy',
}

/** The read models: how far they are, and building one anew beside the live one. */
export const projectionRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { projectionCopies, logger } = deps
  const begin = deedRecording(deps)

  app.get(
    '/api/ops/projections',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'Read models and their copies',
        description:
          'How far each is, how fast, how large, and how long a copy that is being built still takes.',
        response: { 200: z.object({ items: z.array(ProjectionView).readonly() }), ...problems },
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ items: await projectionCopies.list() }),
  )

  const operation = (
    path: string,
    summary: string,
    description: string,
    kind: DeedKind,
    work: (name: string) => Promise<RebuildAnswer>,
  ): void => {
    app.post(
      `/api/ops/projections/:name/${path}`,
      {
        config: { access: { staff: REBUILDING_STAFF } },
        schema: { tags, summary, description, params: Named, response: { 200: Answered, ...problems } },
      },
      async (request, reply) => {
        const { name } = request.params
        if (!shopProjections.some((known) => known.name === name)) throw new Problem('projection-not-found')
        await begin(request, kind, name)
        const answer = await work(name)
        if (answer.kind === 'refused') throw new Problem(CODES[answer.refusal])
        const changed = answer.kind === 'done'
        if (changed)
          logger.warn({ projection: name, actor: staffActor(customerOf(request)) }, `Asked to ${path}`)
        return reply.header('cache-control', 'no-store').send({ changed, copies: answer.generations })
      },
    )
  }

  operation(
    'rebuild',
    'Build a read model anew',
    'A new copy is folded from the start of the log beside the one that is read; buyers notice nothing. Asked again while one is being built, it answers with that one.',
    'READ_MODEL_REBUILD',
    (name) => projectionCopies.rebuild(name, 'host'),
  )
  operation(
    'switch',
    'Read the new copy',
    'The old one is kept, and follows the log, for a day. After a rollback it goes forward again.',
    'READ_MODEL_SWITCH',
    projectionCopies.switchOver,
  )
  operation(
    'rollback',
    'Read the copy that was read before',
    'Nothing is lost: it followed the log all the time.',
    'READ_MODEL_ROLLBACK',
    projectionCopies.rollBack,
  )
  operation(
    'cancel',
    'Give up the copy that is being built',
    'It is deleted.',
    'READ_MODEL_CANCEL',
    projectionCopies.cancel,
  )
  operation(
    'drop',
    'Delete the kept copy',
    'Or, where none is kept, the one that is being built.',
    'READ_MODEL_DROP',
    projectionCopies.drop,
  )
}
