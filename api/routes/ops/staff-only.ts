import type { onRequestHookHandler } from 'fastify'
import type { Role } from '#platform/identity/port.ts'
import type { ApiScope } from '../../instance.ts'
import { customerOf, type Customer } from '../../plugins/session-cookies.ts'
import { Problem } from '../../problems.ts'
import { hasRoleOf, READING_STAFF } from '../../staff-roles.ts'

/**
 * Lets only those into a scope who have one of the staff's roles, so that a route that forgets to say who may use it is
 * still closed to buyers. The roles are those of the session, as the issuer gave them at sign-in. Must come after
 * `requireSignIn`, which answers 401 where nobody is signed in.
 */
export const requireStaff = (app: ApiScope): void => {
  app.addHook('onRequest', onlyRoles(READING_STAFF))
}

/** A route's own, narrower rule (`onRequest: onlyRoles(ACTING_STAFF)`): anybody else gets 403 `role-missing`. */
export const onlyRoles =
  (allowed: readonly Role[]): onRequestHookHandler =>
  (request, _reply, done) => {
    try {
      done(hasRoleOf(customerOf(request), allowed) ? undefined : new Problem('role-missing'))
    } catch (error) {
      done(error instanceof Error ? error : new Error('Not signed in'))
    }
  }

/** Who may change what is sold, and how it looks. */
export const CATALOGUE_STAFF: readonly Role[] = ['admin']
/** Who may book goods in and correct what there is. */
export const STOCK_STAFF: readonly Role[] = ['operator', 'admin']

/** How the log names a member of staff: the shop's id for the person, never a name or an address. */
export const staffActor = ({ customerId }: Pick<Customer, 'customerId'>): string => `staff:${customerId}`
