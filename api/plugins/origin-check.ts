import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { Problem } from '../problems.ts'

/**
 * Whether a request may come from a page of this shop. Browsers say where a request comes from and pages cannot forge
 * it; programs other than browsers say nothing, and have no cookies of anybody to abuse.
 */
const isOwnOrigin = (request: FastifyRequest, publicUrl: string): boolean => {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none'
  return origin === new URL(publicUrl).origin || origin === `${request.protocol}://${request.host}`
}

/** For calls that start a session and can therefore not carry its CSRF token, and for sockets. */
export const refuseForeignOrigins =
  (publicUrl: string): preValidationHookHandler =>
  (request, _reply, done) => {
    done(isOwnOrigin(request, publicUrl) ? undefined : new Problem('origin-not-allowed'))
  }
