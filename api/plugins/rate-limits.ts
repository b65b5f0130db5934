import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Config } from '#platform/config/config.ts'
import { RedisUnavailable } from '#platform/redis/port.ts'
import type { SharedCounts } from '#platform/redis/shared-counts.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import { deliverySource, senderOf } from '../webhook/source-address.ts'

export interface RateLimits {
  /** Reading, buying or staff by the route; per customer, or per address where nobody is signed in. */
  readonly general: onRequestAsyncHookHandler
  /** Signing in, per address, because sessions are what it hands out. */
  readonly signIn: onRequestAsyncHookHandler
  /** The provider's deliveries, per sender: far above what it sends, and a bound on what a stranger can store. */
  readonly webhook: onRequestAsyncHookHandler
}

/** A laptop runs load tests and whole test suites from one address, so there the limits are only a backstop. */
const GENEROUS = 30_000
const PRODUCTION = 600
/** Of the rate of reading, in production. */
const BUYING_SHARE = 10
const SIGN_IN_SHARE = 10

const WINDOW_MS = 60_000
/** How many callers are counted at once; the longest unseen is forgotten first. */
const REMEMBERED_CALLERS = 20_000

/** Requests a minute of each class. */
export const ratesOf = (config: Config) => {
  const isProduction = config.NODE_ENV === 'production'
  const reading = config.RATE_LIMIT_PER_MINUTE ?? (isProduction ? PRODUCTION : GENEROUS)
  const share = (part: number): number => (isProduction ? Math.max(1, Math.ceil(reading / part)) : reading)
  return {
    reading,
    buying: config.RATE_LIMIT_BUYING_PER_MINUTE ?? share(BUYING_SHARE),
    'sign-in': config.RATE_LIMIT_SIGN_IN_PER_MINUTE ?? share(SIGN_IN_SHARE),
    staff: config.RATE_LIMIT_STAFF_PER_MINUTE ?? reading,
    webhook: config.PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE,
  }
}

export type RateClass = keyof ReturnType<typeof ratesOf>

/**
 * What instances count together where they can. The others are counted by each for itself, because browsing and the
 * provider's deliveries must not wait for Redis.
 */
const SHARED: ReadonlySet<RateClass> = new Set(['buying', 'sign-in', 'staff'])

export const createRateLimits = async (
  app: ApiScope,
  config: Config,
  shared?: SharedCounts,
): Promise<RateLimits> => {
  await app.register(rateLimit, {
    global: false,
    timeWindow: WINDOW_MS,
    cache: REMEMBERED_CALLERS,
    errorResponseBuilder: (_request, { ttl }) => exceeded(ttl),
  })
  const rates = ratesOf(config)
  // Each class keeps its own count, shared by all routes that use it.
  const limit = (
    name: RateClass,
    callerOf: (request: FastifyRequest) => string,
  ): onRequestAsyncHookHandler => {
    const max = rates[name]
    const handler = app.rateLimit({ max, keyGenerator: callerOf })
    return async (request, reply) => {
      if (shared !== undefined && SHARED.has(name)) {
        const counted = await countedTogether(shared, `${name}:${unnamed(callerOf(request))}`)
        if (counted !== undefined) {
          void reply.headers({
            'x-ratelimit-limit': max,
            'x-ratelimit-remaining': Math.max(0, max - counted.count),
            'x-ratelimit-reset': Math.ceil(counted.endsInMs / 1_000),
          })
          if (counted.count > max) throw exceeded(counted.endsInMs)
          return
        }
      }
      await handler.call(app, request, reply)
    }
  }
  const addressOf = callerAddress(config)
  const customerOrAddress = (request: FastifyRequest): string => {
    // Public routes have no session at all, although the type says every request has one.
    const session: FastifyRequest['session'] | null | undefined = request.session
    return session?.customer?.customerId ?? addressOf(request)
  }
  const byClass = {
    reading: limit('reading', customerOrAddress),
    buying: limit('buying', customerOrAddress),
    staff: limit('staff', customerOrAddress),
  }
  return {
    general: async function (request, reply) {
      await byClass[classOf(request)].call(this, request, reply)
    },
    signIn: limit('sign-in', addressOf),
    webhook: limit('webhook', addressOf),
  }
}

const exceeded = (endsInMs: number): Problem =>
  new Problem('rate-limited', { retryAfterSeconds: Math.max(1, Math.ceil(endsInMs / 1_000)) })

/** Nothing while Redis is away: each instance then counts by itself, as where there is none. */
const countedTogether = async (shared: SharedCounts, key: string) => {
  try {
    return await shared.add(key, WINDOW_MS)
  } catch (error) {
    if (error instanceof RedisUnavailable) return undefined
    throw error
  }
}

const classOf = ({ method, routeOptions: { url = '' } }: FastifyRequest): 'reading' | 'buying' | 'staff' => {
  if (/^\/api\/(?:ops|audit)\b/.test(url)) return 'staff'
  return method === 'POST' && /^\/api\/(?:orders|payments)\b/.test(url) ? 'buying' : 'reading'
}

/** Whom to count where nobody is signed in. */
export const callerAddress = ({ TRUSTED_PROXIES }: Config): ((request: FastifyRequest) => string) => {
  const sourceOf = deliverySource(TRUSTED_PROXIES)
  return (request) => senderOf(sourceOf(request))
}

/** No address and no customer is written down for others to read. */
const unnamed = (caller: string): string =>
  createHash('sha256').update(caller).digest('base64url').slice(0, 22)
