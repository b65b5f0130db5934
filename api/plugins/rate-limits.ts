import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Config } from '#platform/config/config.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import { deliverySource, senderOf } from '../webhook/source-address.ts'

export interface RateLimits {
  /** Reading and buying: per session, or per address where nobody is signed in. */
  readonly general: onRequestAsyncHookHandler
  /** Signing in, per address, because sessions are what it hands out. */
  readonly signIn: onRequestAsyncHookHandler
  /** The provider's deliveries, per sender: far above what it sends, and a bound on what a stranger can store. */
  readonly webhook: onRequestAsyncHookHandler
}

/** A laptop runs load tests and whole test suites from one address, so there the limits are only a backstop. */
const GENEROUS = 30_000
const PRODUCTION = 600
const SIGN_IN_SHARE = 10

/** How many callers are counted at once; the longest unseen is forgotten first. */
const REMEMBERED_CALLERS = 20_000

export const createRateLimits = async (app: ApiScope, config: Config): Promise<RateLimits> => {
  await app.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    cache: REMEMBERED_CALLERS,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem('rate-limited', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1_000)) }),
  })
  const isProduction = config.NODE_ENV === 'production'
  const perMinute = config.RATE_LIMIT_PER_MINUTE ?? (isProduction ? PRODUCTION : GENEROUS)
  const signInPerMinute = isProduction ? Math.max(1, Math.ceil(perMinute / SIGN_IN_SHARE)) : perMinute
  // Each class keeps its own count, shared by all routes that use it.
  const limit = (
    max: number,
    keyGenerator?: (request: FastifyRequest) => string,
  ): onRequestAsyncHookHandler => {
    const handler = app.rateLimit({ max, ...(keyGenerator === undefined ? {} : { keyGenerator }) })
    return async (request, reply) => {
      await handler.call(app, request, reply)
    }
  }
  return {
    general: limit(perMinute, callerOf),
    signIn: limit(signInPerMinute),
    webhook: limit(config.PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE, webhookSender(config)),
  }
}

const webhookSender = (config: Config): ((request: FastifyRequest) => string) => {
  const sourceOf = deliverySource(config.TRUSTED_PROXIES)
  return (request) => senderOf(sourceOf(request))
}

const callerOf = (request: FastifyRequest): string => {
  // Public routes have no session at all, although the type says every request has one.
  const session: FastifyRequest['session'] | null | undefined = request.session
  return session?.customer?.customerId ?? request.ip
}
