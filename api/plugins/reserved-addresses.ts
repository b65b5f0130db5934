import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiScope } from '../instance.ts'

/** Where the API and what machines ask live: nothing at or below these is ever a page. */
const RESERVED: readonly string[] = [
  ...['/api', '/health', '/actuator', '/problems', '/ws'].flatMap((prefix) => [prefix, `${prefix}/*`]),
  '/metrics/*',
]

/** Whether a route is for whatever has no route of its own, here or among a storefront's pages. */
export const isCatchAll = (url: string): boolean => url === '*' || url === '/*' || RESERVED.includes(url)

/**
 * Keeps what is not there from being taken for a page: a storefront's route for every address would otherwise answer
 * unknown addresses of the API. Answered before anything of the body is read.
 */
export const reserveAddresses = (
  app: ApiScope,
  answer: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void => {
  for (const url of RESERVED)
    app.all(url, { onRequest: async (request, reply) => answer(request, reply) }, answer)
}
