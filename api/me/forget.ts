import { z } from 'zod'
import { customer } from '#domain/customer/aggregate.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { carryOut } from '#processmanagers/forgetting/carrying-out.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf, SESSION_COOKIE, sessionKey } from '../plugins/session-cookies.ts'
import { problems } from '../schemas.ts'

/** How long a person is kept waiting for what goes on without them anyway. */
const PATIENCE_MS = 5_000

const Forgotten = z.object({
  /** False while it is still under way; it then finishes by itself. */
  forgotten: z.boolean(),
})

/** The end of what the shop knows of a person. */
export const forgetRoute = (app: ApiScope, deps: ApiDependencies): void => {
  const { commands, clock, logger } = deps

  app.post(
    '/api/me/forget',
    {
      config: { access: 'self' },
      schema: {
        tags: ['me'],
        summary: 'Forget me',
        description:
          'Destroys the key of everything personal for good: profile, and contact and delivery of every order, also of those on ' +
          'their way, which go on without them. Orders and books stay whole without the person. Every session ends, this one too. ' +
          'Takes no body. 202 when it is recorded and still being carried out.',
        response: { 200: Forgotten, 202: Forgotten, ...problems },
      },
    },
    async (request, reply) => {
      const { customerId, subject } = customerOf(request)
      // One request per session, which it ends: a double click is one request.
      const forgettingId = derivedId('forgetting', customerId, sessionKey(request.session.sessionId))
      const outcome = await commands.run(
        customer,
        customerId,
        {
          type: 'ForgetCustomer',
          customerId,
          forgettingId,
          ...(subject === undefined ? {} : { subject }),
          atMs: clock.nowMs(),
        },
        {
          commandId: forgettingId,
          correlationId: customerId,
          causationId: request.id,
          actor: `customer:${customerId}`,
          ...traceOf(request.headers),
        },
      )
      // There is no refusal of it; one that is added must not pass for done.
      if (outcome.kind === 'refused') throw new Error(`Forgetting was refused: ${outcome.refusal}`)
      const carriedOut = carryOut(customerId, deps).then(
        () => true,
        (error: unknown) => {
          logger.warn({ error: String(error) }, 'A forgetting is left to the process that finishes it')
          return false
        },
      )
      const waiting = new AbortController()
      const isDone = await Promise.race([
        carriedOut,
        clock.sleep(PATIENCE_MS, waiting.signal).then(() => false),
      ])
      waiting.abort()
      await request.session.destroy().catch((error: unknown) => {
        logger.warn({ error: String(error) }, 'A session outlives its person until the store answers')
      })
      return reply
        .clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'lax' })
        .header('cache-control', 'no-store')
        .code(isDone ? 200 : 202)
        .send({ forgotten: isDone })
    },
  )
}
