import { createHash } from 'node:crypto'
import { callbackify } from 'node:util'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import session, { type SessionStore as FastifySessionStore } from '@fastify/session'
import type { FastifyReply, FastifyRequest, Session } from 'fastify'
import { z } from 'zod'
import { CustomerId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { Role } from '#platform/identity/port.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'

/** Who a request speaks for. */
export const Customer = z.object({
  customerId: CustomerId,
  roles: z.array(Role).readonly(),
  email: z.string().optional(),
  /** The identity provider's name for them, by which it can be told to forget them. */
  subject: z.string().optional(),
  /** The key that their data was sealed with when they signed in; another one means that they were forgotten since. */
  keyId: z.string().optional(),
  expiresAtMs: z.number(),
  /** When they last showed the identity provider who they are. */
  signedInAtMs: z.number().optional(),
  /** Since when the provider's word on their account, of the sign-in here, is known. */
  lookedAtMs: z.number().optional(),
})
export type Customer = z.infer<typeof Customer>

declare module 'fastify' {
  interface Session {
    customer?: Customer | undefined
  }
}

export const SESSION_COOKIE = 'sid'
/** What the session plugin's generator makes; anything else was never ours and is not worth a look-up. */
const SESSION_ID = /^[A-Za-z0-9_-]{32}$/

export interface SessionCookiesOptions {
  readonly sessions: SessionStore
  readonly clock: Clock
  /** False leaves `Secure` off on plain http, which only development may. */
  readonly alwaysSecure: boolean
}

/** Gives a scope `request.session` and CSRF protection. Nobody gets a session, or a cookie, before signing in. */
export const useSessions = async (app: ApiScope, options: SessionCookiesOptions): Promise<void> => {
  const { sessions, clock, alwaysSecure } = options
  await app.register(cookie)
  await app.register(session, {
    cookieName: SESSION_COOKIE,
    // Ids are 192 random bits, so a signature would add nothing but a secret that all instances must share.
    secret: {
      sign: (id: string) => id,
      unsign: (id: string) => ({ valid: SESSION_ID.test(id), renew: false, value: id }),
    },
    // The plugin keeps a Secure cookie to itself where it sees no TLS; the attribute is added below instead.
    cookie: { httpOnly: true, sameSite: 'lax', path: '/', secure: false },
    store: storeFor(sessions),
    saveUninitialized: false,
    rolling: false,
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    completeCookie(request, reply, alwaysSecure, clock)
    done()
  })
  await app.register(csrf, {
    sessionPlugin: '@fastify/session',
    logLevel: 'debug',
    getToken: ({ headers }) => {
      const token = headers['x-csrf-token']
      return typeof token === 'string' ? token : ''
    },
  })
}

/** The key a session is stored under, and what socket tokens are bound to: it does not give the cookie away. */
export const sessionKey = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('base64url')

/** Ends what the request's cookie names, also where this build cannot read it but another one could. */
export const endSessionOfCookie = async (request: FastifyRequest, sessions: SessionStore): Promise<void> => {
  const sessionId = request.cookies[SESSION_COOKIE]
  if (sessionId !== undefined && SESSION_ID.test(sessionId)) await sessions.destroy(sessionKey(sessionId))
}

/**
 * Stores the session of a sign-in before anything of it is told. Left to the end of the reply, a store that fails there
 * would be asked again while its own failure is being answered.
 */
export const keepSession = async (request: FastifyRequest): Promise<void> => {
  try {
    await request.session.save()
  } catch (error) {
    // No session, and so no cookie, goes with the answer; the plugin does the same after `destroy`.
    Object.assign(request, { session: null })
    throw error
  }
}

/** @throws Problem when nobody is signed in. */
export const customerOf = (request: FastifyRequest): Customer => {
  const { customer } = request.session
  if (customer !== undefined) return customer
  throw new Problem(request.cookies[SESSION_COOKIE] === undefined ? 'SESSION_MISSING' : 'SESSION_NOT_FOUND')
}

/** The path and flags of the cookie are this build's, whatever was stored. */
const StoredSession = z.object({
  cookie: z.object({
    originalMaxAge: z.null().default(null),
    expires: z.coerce.date().nullable().default(null),
  }),
  customer: Customer.optional(),
  _csrf: z.string().optional(),
})

/** The plugin's callback store over the port. A session that belongs to nobody is not worth keeping. */
const storeFor = (sessions: SessionStore): FastifySessionStore => ({
  get: callbackify(async (sessionId: string) => {
    const record = await sessions.get(sessionKey(sessionId))
    return record === undefined ? null : parsed(record.body)
  }),
  set: callbackify(async (sessionId: string, value: Session) => {
    const { customer } = value
    if (customer === undefined) return
    const { customerId, expiresAtMs } = customer
    await sessions.set(sessionKey(sessionId), {
      subject: customerId,
      body: JSON.stringify(value),
      expiresAtMs,
    })
  }),
  destroy: callbackify((sessionId: string) => sessions.destroy(sessionKey(sessionId))),
})

/** What this build cannot read is no session: the buyer signs in again. */
const parsed = (body: string) => {
  try {
    return StoredSession.parse(JSON.parse(body))
  } catch {
    return null
  }
}

/** Adds what the session plugin does not: `Max-Age`, and `Secure` also behind a proxy that ends TLS. */
const completeCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  alwaysSecure: boolean,
  clock: Clock,
): void => {
  const header = reply.getHeader('set-cookie')
  if (header === undefined) return
  const cookies = Array.isArray(header) ? header : [String(header)]
  // Signing out leaves no session behind, although the plugin's types say there always is one.
  const session: FastifyRequest['session'] | null = request.session
  const expiresAtMs = session?.customer?.expiresAtMs
  const isOurs = (text: string): boolean => text.startsWith(`${SESSION_COOKIE}=`)
  // One that replaces another is also taken back first; browsers heed the last, and not all else does.
  const last = cookies.findLastIndex(isOurs)
  const told = cookies.filter((text, place) => !isOurs(text) || place === last)
  const completed = told.map((text) => {
    if (!isOurs(text)) return text
    const secure = alwaysSecure || request.protocol === 'https' ? '; Secure' : ''
    const isEnded = text.startsWith(`${SESSION_COOKIE}=;`) || expiresAtMs === undefined
    if (isEnded) return text + secure
    return `${text}; Max-Age=${Math.max(0, Math.floor((expiresAtMs - clock.nowMs()) / 1_000))}${secure}`
  })
  void reply.removeHeader('set-cookie').header('set-cookie', completed)
}
