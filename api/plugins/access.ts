import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify'
import type { Clock } from '#platform/clock/clock.ts'
import type { Role } from '#platform/identity/port.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import { hasRoleOf } from '../staff-roles.ts'
import { CLOSE_LOOK_MS, WIDE_LOOK_MS, type AccountStanding } from './account-standing.ts'
import { customerOf, type Customer } from './session-cookies.ts'

/**
 * Who may use a route. Each route says it in its `config`, and what it says is what lets requests in.
 * - `open`: anybody.
 * - `development`: anybody, in a shop for trying things out; elsewhere the route does not exist.
 * - `machine`: anybody who reaches the port; it holds nothing of any person.
 * - `provider`: the payment provider; whatever it says is a hint, which is believed of nobody.
 * - `compatibility`: whoever names a user of another system, where that is allowed; never anybody's session.
 * - `channel-token`: whoever was given a token for one order, and still has the session it was given to.
 * - `self`: whoever is signed in; it is about them alone, so no address or body names a person.
 * - `ownerOr`: whose it is, and these roles; to anybody else it is not there.
 * - `staff`: these roles alone, as the issuer gave them at sign-in.
 */
export type Access =
  | 'open'
  | 'development'
  | 'machine'
  | 'provider'
  | 'compatibility'
  | 'channel-token'
  | 'self'
  | { readonly ownerOr: readonly Role[] }
  | { readonly staff: readonly Role[] }

/** A route as it was registered. */
export interface DeclaredRoute {
  readonly method: string
  readonly url: string
  readonly access: Access
  readonly isSocket: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyInstance {
    /** Every route of the API and who may use it; the pages beside it are not among them. */
    declaredRoutes: readonly DeclaredRoute[]
  }
}

/** The documentation page's plugin registers its own routes and says nothing of who may use them. */
const OF_PLUGINS: readonly { readonly prefix: string; readonly access: Access }[] = [
  { prefix: '/api/docs', access: 'open' },
]

const NEEDS_SESSION = (access: Access): boolean => access === 'self' || typeof access === 'object'

export interface Looking {
  readonly standing: AccountStanding
  readonly clock: Clock
}

/** How long staff may act on the identity provider's last word while it says nothing. */
const STAFF_ON_THEIR_WORD_MS = 10 * 60_000

/**
 * Makes each route of a scope let in whom it declares: without an `access` in its `config` it fails at start. Who is not
 * signed in, or whose account has ended since, gets 401; who changes something without the session's CSRF token, 403; who has no role that is named, 403.
 * Whose an object is, only its route can find out: see `isAdmittedTo`. Must come before the first route.
 */
export const admitAsDeclared = (
  api: ApiScope,
  declared: DeclaredRoute[],
  { standing, clock }: Looking,
): void => {
  api.addHook('onRoute', function (this: ApiScope, route) {
    const { url, method } = route
    const access =
      route.config?.access ??
      OF_PLUGINS.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`))?.access
    if (access === undefined) throw new Error(`${String(method)} ${url} does not say who may use it`)
    const isSocket = route.websocket === true
    for (const each of [method].flat()) declared.push({ method: each, url, access, isSocket })
    if (!NEEDS_SESSION(access)) return
    if (!this.hasRequestDecorator('session'))
      throw new Error(
        `${String(method)} ${url} is for people who are signed in, and there are no sessions here`,
      )
    // Behind what the route itself does first, which is counting: who is refused is counted too.
    route.onRequest = [route.onRequest ?? [], guard(access), stillMay(access, standing, clock)].flat()
  })
}

const guard = (access: Access): onRequestHookHandler =>
  function (request, reply, done) {
    try {
      const customer = customerOf(request)
      const answer = (): void => {
        const isAllowed =
          typeof access === 'string' || 'ownerOr' in access || hasRoleOf(customer, access.staff)
        done(isAllowed ? undefined : new Problem('role-missing'))
      }
      if (request.method === 'GET' || request.method === 'HEAD') answer()
      else
        request.server.csrfProtection(request, reply, (error?: Error) => {
          if (error === undefined) answer()
          else done(error)
        })
    } catch (error) {
      done(error instanceof Error ? error : new Error('Not signed in'))
    }
  }

/**
 * Looks again at the account behind the session, behind all that can be told without asking anybody. While the provider is
 * silent buyers go on until their session ends, and staff for ten minutes; what is their own, staff are never refused.
 */
const stillMay =
  (access: Access, standing: AccountStanding, clock: Clock): onRequestAsyncHookHandler =>
  async (request) => {
    const customer = customerOf(request)
    const isStaff = isOfStaff(customer)
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    const found = await standing.of(customer, isReading && !isStaff ? WIDE_LOOK_MS : CLOSE_LOOK_MS)
    if (found === 'ended') {
      await request.session.destroy()
      throw new Problem('SESSION_NOT_FOUND')
    }
    const isOnTheirWord = clock.nowMs() - found.knownAtMs > STAFF_ON_THEIR_WORD_MS
    if (isStaff && typeof access === 'object' && isOnTheirWord)
      throw new Problem('temporarily-unavailable', { retryAfterSeconds: 30 })
  }

const isOfStaff = ({ roles }: Customer): boolean => roles.some((role) => role !== 'customer')

/**
 * Whether the request's route admits who asks to what belongs to this customer. Whoever is not admitted must be answered
 * as if it did not exist.
 * @throws when the route did not declare `ownerOr`: nothing else says which roles may.
 */
export const isAdmittedTo = (request: FastifyRequest, ownerId: string): boolean => {
  const { access } = request.routeOptions.config
  if (typeof access !== 'object' || !('ownerOr' in access))
    throw new Error(`${request.routeOptions.url} does not say whose it is`)
  const customer = customerOf(request)
  return customer.customerId === ownerId || hasRoleOf(customer, access.ownerOr)
}
