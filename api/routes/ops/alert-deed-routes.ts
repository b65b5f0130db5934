import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { z } from 'zod'
import type { AlertCommand } from '#domain/alert/commands.ts'
import { MAX_NOTE_LENGTH } from '#domain/alert/events.ts'
import { CustomerId } from '#domain/ids.ts'
import type { Role } from '#platform/identity/port.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { idempotencyKeyOf, needsIdempotencyKey } from '../../idempotency-key.ts'
import type { ApiScope } from '../../instance.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem } from '../../problems.ts'
import { IdParams, problems } from '../../schemas.ts'
import { ACTING_STAFF } from '../../staff-roles.ts'
import { alertDeeds, type AlertDeed } from './alert-deeds.ts'
import { staffActor } from './staff-only.ts'

/** Support notes what it knows; taking an alert up, giving it to somebody and ending it are the operators'. */
const ALERT_STAFF: readonly Role[] = ['operator', 'admin']

const Text = z.string().trim().min(1).max(MAX_NOTE_LENGTH)
const Done = z.object({ alertId: z.string(), position: z.int() })

interface DeedRoute<B extends object> {
  readonly name: AlertDeed['name']
  readonly summary: string
  readonly description: string
  readonly roles: readonly Role[]
  readonly body: z.ZodType<B>
  readonly command: (body: B, id: string, by: string, atMs: number) => AlertCommand
}

/** What staff do about an alert, each an event with its actor. */
export const alertDeedRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const doOnce = alertDeeds(deps)

  const deed = <B extends object>({
    name,
    summary,
    description,
    roles,
    body,
    command,
  }: DeedRoute<B>): void => {
    app.post(
      `/api/ops/alerts/:id/${name}`,
      {
        config: { access: { staff: roles } },
        preValidation: [needsIdempotencyKey, nothingIsEmpty],
        schema: {
          tags: ['ops'],
          summary,
          description: `${description} Needs \`Idempotency-Key\`. \`position\` in the reply is for asking back.`,
          params: IdParams,
          body,
          response: { 200: Done, ...problems },
        },
      },
      async (request, reply) => {
        const alertId = z.uuid().safeParse(request.params.id)
        if (!alertId.success) throw new Problem('alert-not-found')
        const given = body.parse(request.body)
        const customer = customerOf(request)
        const position = await doOnce({
          alertId: alertId.data,
          name,
          idempotencyKey: idempotencyKeyOf(request),
          body: given,
          actor: staffActor(customer),
          request: causeOf(request),
          command: (id) => command(given, id, customer.customerId, deps.clock.nowMs()),
        })
        return reply.header('cache-control', 'no-store').send({ alertId: alertId.data, position })
      },
    )
  }

  deed({
    name: 'acknowledge',
    summary: 'Take an alert up',
    description: 'Says that somebody has seen it; the first one counts, and again changes nothing.',
    roles: ALERT_STAFF,
    body: z.strictObject({}).default({}),
    command: (_body, _id, by, atMs) => ({ type: 'AcknowledgeAlert', by, atMs }),
  })
  deed({
    name: 'assign',
    summary: 'Give an alert to somebody',
    description:
      '`assignee` is a staff member’s id, never a name or an address; without it the alert is the caller’s own.',
    roles: ALERT_STAFF,
    body: z.strictObject({ assignee: CustomerId.optional() }).default({}),
    command: ({ assignee }, _id, by, atMs) => ({ type: 'AssignAlert', assignee: assignee ?? by, by, atMs }),
  })
  deed({
    name: 'note',
    summary: 'Note something on an alert',
    description: 'It stays in the log for good, so it names no person. A resolved alert can be noted on too.',
    roles: ACTING_STAFF,
    body: z.strictObject({ text: Text }),
    command: ({ text }, noteId, by, atMs) => ({ type: 'NoteAlert', noteId, text, by, atMs }),
  })
  deed({
    name: 'resolve',
    summary: 'End an alert',
    description:
      'For what does not heal by itself. `note` stays in the log for good, so it names no person. Again changes nothing; ' +
      'with another note it is refused, and the note can be made by itself.',
    roles: ALERT_STAFF,
    body: z.strictObject({ note: Text.optional() }).default({}),
    command: ({ note }, _id, staffId, atMs) => ({
      type: 'ResolveAlert',
      resolution: { by: 'staff', staffId, ...(note === undefined ? {} : { note }) },
      atMs,
    }),
  })
}

/** A request without a body comes as null. */
const nothingIsEmpty: preValidationHookHandler = (request, _reply, done) => {
  request.body ??= {}
  done()
}

const causeOf = (request: FastifyRequest): AlertDeed['request'] => ({
  causationId: request.id,
  ...traceOf(request.headers),
})
