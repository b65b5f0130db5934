import { z } from 'zod'
import type { Role } from '#platform/identity/port.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { ParkedView, parkedViews } from '../../parked/parked-view.ts'
import { needsRebuild, parkedWork, type ParkedPlace } from '../../parked/parked-work.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem } from '../../problems.ts'
import { problems } from '../../schemas.ts'
import { READING_STAFF } from '../../staff-roles.ts'
import { deedRecording } from './deeds.ts'
import { staffActor } from './staff-only.ts'

const tags = ['operations']

/** A replay does work that was put aside, so support only looks. */
const REPLAYING_STAFF: readonly Role[] = ['operator', 'admin']

const LARGEST_PAGE = 100
/** The ids are made here and may be long: the longest address that is routed is the bound. */
const ParkedParams = z.object({ id: z.string().max(256) })

/** Where a page ended, as `next` says it. */
const Place = z
  .string()
  .max(300)
  .regex(/^\d{1,16}\.[A-Za-z0-9_-]+$/)
  .transform((text): ParkedPlace => {
    const [position = '', id = ''] = text.split('.')
    return { position: Number(position), id }
  })
const placeIn = ({ position, id }: ParkedPlace): string => `${position}.${id}`

const ParkedQuery = z.object({
  after: Place.optional(),
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(20),
})

const ParkedList = z.object({ items: z.array(ParkedView).readonly(), next: z.string().optional() })

const Asked = z.object({
  id: z.string(),
  /** False where a request stands that says the same. */
  changed: z.boolean(),
})

/** What stands still: seeing it, and asking for it to be tried again. */
export const parkedRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const work = parkedWork(deps)
  const viewOf = parkedViews(deps)
  const begin = deedRecording(deps)

  app.get(
    '/api/ops/parked',
    {
      config: { access: { staff: READING_STAFF } },
      schema: {
        tags,
        summary: 'What was set aside',
        description:
          'Keys of processes, of the relay and of read models that stand still because a step kept failing or an event ' +
          'could not be read, the longest first. `next`, where there is one, goes into `after`.',
        querystring: ParkedQuery,
        response: { 200: ParkedList, ...problems },
      },
    },
    async (request, reply) => {
      const { items, next } = await work.page(request.query.after, request.query.limit)
      return reply.header('cache-control', 'no-store').send({
        items: await Promise.all(items.map(viewOf)),
        ...(next === undefined ? {} : { next: placeIn(next) }),
      })
    },
  )

  app.post(
    '/api/ops/parked/:id/replay',
    {
      config: { access: { staff: REPLAYING_STAFF } },
      schema: {
        tags,
        summary: 'Try what was set aside again',
        description:
          'Asks for it and does not wait: what came of it is seen in the list. What waits is done in order, and what came ' +
          'meanwhile behind it. Where it fails again the key stays parked, with the new error and the time in `triedAt`. ' +
          'Asked again while a request stands, it changes nothing.',
        params: ParkedParams,
        response: { 202: Asked, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const found = await work.byId(id)
      if (found === undefined) throw new Problem('not-parked')
      if (needsRebuild(found)) throw new Problem('replay-needs-rebuild')
      void reply.header('cache-control', 'no-store').code(202)
      await begin(request, 'PARKED_KEY_REPLAY', `${found.name}/${found.key}`.slice(0, LONGEST_SUBJECT))
      const actor = staffActor(customerOf(request))
      const answer = await work.replay(found, actor, {
        commandId: deps.newId(),
        correlationId: found.key,
        causationId: request.id,
        actor,
        ...traceOf(request.headers),
      })
      if (answer === 'not-parked') throw new Problem('not-parked')
      return reply.send({ id, changed: answer === 'asked' })
    },
  )
}

const LONGEST_SUBJECT = 200
