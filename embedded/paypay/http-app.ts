import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { registerApi } from './api.ts'
import { registerCashier } from './cashier.ts'
import { registerControl } from './control.ts'
import { failure } from './results.ts'
import { send } from './sending.ts'
import type { World } from './world.ts'

/** Every face of the simulator on one router. Bodies stay raw, because signatures cover the exact bytes. */
export function createHttpApp(world: World): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: 2 * 1_048_576,
    forceCloseConnections: true,
    // An id that is too long is the provider's to refuse, not the router's.
    routerOptions: { maxParamLength: 2_048 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof z.ZodError) {
      await reply.code(400).send({ error: 'malformed-request', issues: error.issues })
      return
    }
    await reply.code(statusOf(error)).send({ error: error instanceof Error ? error.message : String(error) })
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (request.url.startsWith('/v2/')) return await send(world, reply, failure('RESOURCE_NOT_FOUND'))
    await reply.code(404).send({ error: 'no-such-page' })
  })

  registerApi(app, world)
  registerCashier(app, world)
  registerControl(app, world)
  return app
}

/** The router says itself what was wrong with a request; a full list of faults is the caller's conflict. */
function statusOf(error: unknown): number {
  if (error instanceof RangeError) return 409
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500
}
