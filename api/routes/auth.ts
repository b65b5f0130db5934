import { z } from 'zod'
import { CustomerId } from '#domain/ids.ts'
import { Role, type Identity } from '#platform/identity/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { SessionsUnavailable } from '#platform/sessions/port.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { refuseForeignOrigins } from '../plugins/origin-check.ts'
import { callerAddress, type RateLimits } from '../plugins/rate-limits.ts'
import {
  customerOf,
  endSessionOfCookie,
  keepSession,
  SESSION_COOKIE,
  type Customer,
} from '../plugins/session-cookies.ts'
import { claimedSubject, signInAttempt, signInThrottle } from '../plugins/sign-in-throttle.ts'
import { Problem } from '../problems.ts'
import { problems } from '../schemas.ts'

const tags = ['auth']

const SignedIn = z.object({
  csrfToken: z.string(),
  customerId: z.string(),
  roles: z.array(Role).readonly(),
  expiresAt: z.string(),
})

/** The shop's name for a person: made from the issuer's, never from an e-mail address. */
const customerIdOf = (subject: string): CustomerId => CustomerId.parse(derivedId('customer', subject))

/** A session never outlives its token, nor a day. */
const LONGEST_SESSION_MS = 24 * 60 * 60_000

/** Signing in, and what anybody may ask about their own session. */
export const authRoutes = (app: ApiScope, deps: ApiDependencies, limits: RateLimits): void => {
  const { identity, developmentIssuer, clock, config, keyring } = deps
  const ownOrigin = refuseForeignOrigins(config.publicUrl)
  const throttle = signInThrottle(config, clock)
  const addressOf = callerAddress(config)

  app.post(
    '/api/auth/session',
    {
      config: { access: 'open' },
      onRequest: limits.signIn,
      preValidation: ownOrigin,
      schema: {
        tags,
        summary: 'Sign in with an ID token',
        body: z.object({ idToken: z.string().max(8_192).optional() }).nullish(),
        response: { 201: SignedIn, ...problems },
      },
    },
    async (request, reply) => {
      const idToken = request.body?.idToken ?? ''
      if (idToken === '') throw new Problem('token-missing')
      const attempt = signInAttempt(addressOf(request), idToken)
      throttle.admit(attempt)
      // Before the token is believed: whoever is forgotten from here on is not signed in by it.
      const claimed = customerIdOf(claimedSubject(idToken))
      const keyId = await keyring.keyIdOf(claimed)
      const lookedAtMs = clock.nowMs()
      const known = await verified(idToken, () => {
        throttle.failed(attempt)
      })
      throttle.succeeded(attempt)
      const customer: Customer = {
        customerId: customerIdOf(known.subject),
        roles: known.roles,
        email: known.email,
        subject: known.subject,
        keyId,
        expiresAtMs: Math.min(known.expiresAtMs, clock.nowMs() + LONGEST_SESSION_MS),
        ...(known.signedInAtMs === undefined ? {} : { signedInAtMs: known.signedInAtMs }),
        lookedAtMs,
      }
      // A new id for a new standing: one that somebody planted before the sign-in is worth nothing after it.
      await endSessionOfCookie(request, deps.sessions)
      await request.session.regenerate()
      request.session.customer = customer
      request.session.options({ expires: new Date(customer.expiresAtMs) })
      const csrfToken = reply.generateCsrf()
      await keepSession(request)
      if ((await keyring.keyIdOf(customer.customerId)) !== keyId) {
        await request.session.destroy()
        throw new Problem('token-invalid')
      }
      return reply.code(201).send({
        csrfToken,
        customerId: customer.customerId,
        roles: customer.roles,
        expiresAt: new Date(customer.expiresAtMs).toISOString(),
      })
    },
  )

  const verified = async (idToken: string, onInvalid: () => void): Promise<Identity> => {
    let known: Identity | 'invalid'
    try {
      known = await identity.verify(idToken)
    } catch (error) {
      deps.logger.warn({ error: String(error) }, 'An ID token could not be checked')
      throw new Problem('sign-in-unavailable', { retryAfterSeconds: 5 })
    }
    if (known !== 'invalid') return known
    onInvalid()
    throw new Problem('token-invalid')
  }

  const developmentSignIn = developmentIssuer !== undefined
  app.get(
    '/api/auth/status',
    {
      config: { access: 'open' },
      onRequest: limits.general,
      schema: {
        tags,
        summary: 'Who am I',
        response: {
          200: z.object({
            authenticated: z.boolean(),
            csrfToken: z.string().optional(),
            customerId: z.string().optional(),
            email: z.string().optional(),
            roles: z.array(Role).readonly().optional(),
            expiresAt: z.string().optional(),
            /** Where this shop has development sign-in. */
            developmentSignIn: z.boolean(),
            /** Who is asking cannot be told right now: they may well be signed in. */
            sessionsUnavailable: z.literal(true).optional(),
          }),
          ...problems,
        },
      },
      // This question always has an answer, and the browser keeps its cookie for when there is a better one.
      errorHandler: (error, request, reply) => {
        if (!(error instanceof SessionsUnavailable)) throw error
        request.log.warn({ err: error }, 'A request could not be decided')
        void reply
          .header('cache-control', 'no-store')
          .send({ authenticated: false, developmentSignIn, sessionsUnavailable: true })
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const { customer } = request.session
      if (customer === undefined) return { authenticated: false, developmentSignIn }
      const { customerId, email, roles, expiresAtMs } = customer
      return {
        authenticated: true,
        csrfToken: reply.generateCsrf(),
        customerId,
        ...(email === undefined ? {} : { email }),
        roles,
        expiresAt: new Date(expiresAtMs).toISOString(),
        developmentSignIn,
      }
    },
  )

  if (developmentIssuer === undefined) return
  app.post(
    '/api/dev/sign-in',
    {
      config: { access: 'development' },
      onRequest: limits.signIn,
      preValidation: ownOrigin,
      schema: {
        tags,
        summary: 'A token for whoever asks (development only)',
        body: z.object({ email: z.email().max(254), roles: z.array(Role).max(5).optional() }),
        response: { 200: z.object({ idToken: z.string() }), ...problems },
      },
    },
    async (request) => {
      const { email, roles } = request.body
      request.log.warn({ roles: roles ?? [] }, 'The development issuer gave a token to whoever asked')
      return { idToken: await developmentIssuer.issue({ email, ...(roles === undefined ? {} : { roles }) }) }
    },
  )
}

/** What only somebody who is signed in can do about it. */
export const signOutRoute = (app: ApiScope, { sessions }: ApiDependencies): void => {
  app.post(
    '/api/auth/logout',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'Sign out, here or everywhere',
        body: z.object({ everywhere: z.boolean().optional() }).nullish(),
        response: { 200: z.object({ authenticated: z.literal(false) }), ...problems },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request)
      if (request.body?.everywhere === true) await sessions.destroyAllOf(customerId)
      await request.session.destroy()
      return reply
        .clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'lax' })
        .send({ authenticated: false })
    },
  )
}
