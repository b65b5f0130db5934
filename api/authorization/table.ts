import type { Role } from '#platform/identity/port.ts'
import type { Access, DeclaredRoute } from '../plugins/access.ts'
import { READING_STAFF } from '../staff-roles.ts'

/** Who may come along, for any route: the columns of the table of who may do what. */
export const CALLERS = ['nobody', 'stranger', 'owner', 'support', 'operator', 'auditor', 'admin'] as const
export type Caller = (typeof CALLERS)[number]

/** What a caller gets: `yes`, the status of a refusal, or `closed` for a socket that is closed with 1008. */
export type Cell = 'yes' | 401 | 403 | 404 | 'closed'

const STAFF: Readonly<Partial<Record<Caller, Role>>> = {
  support: 'support',
  operator: 'operator',
  auditor: 'auditor',
  admin: 'admin',
}

const isOneOf = (caller: Caller, roles: readonly Role[]): boolean => {
  const role = STAFF[caller]
  return role !== undefined && roles.includes(role)
}

/** What is declared, for one caller. The owner is who the object in the address belongs to, and a customer otherwise. */
export const cellOf = (access: Access, caller: Caller): Cell => {
  // The token comes with the order, so it is had by those who may read the order, and by nobody else.
  if (access === 'channel-token')
    return caller === 'owner' || isOneOf(caller, READING_STAFF) ? 'yes' : 'closed'
  if (access !== 'self' && typeof access === 'string') return 'yes'
  if (caller === 'nobody') return 401
  if (access === 'self') return 'yes'
  if ('ownerOr' in access) return caller === 'owner' || isOneOf(caller, access.ownerOr) ? 'yes' : 404
  return isOneOf(caller, access.staff) ? 'yes' : 403
}

/** Whether a route is only there for those whose session says so. */
export const needsSession = ({ access }: Pick<DeclaredRoute, 'access'>): boolean =>
  access === 'self' || typeof access === 'object'

/** How the rule is called where people read it. */
export const wordsOf = (access: Access): string => {
  if (typeof access === 'string') return WORDS[access]
  if ('staff' in access) return 'staff'
  return access.ownerOr.length === 0 ? 'the owner' : 'the owner, and staff'
}

const WORDS: Readonly<Record<Extract<Access, string>, string>> = {
  open: 'anybody',
  development: 'anybody, where there is development sign-in',
  machine: 'whoever reaches the port',
  provider: 'the payment provider',
  compatibility: 'whoever names a user of another system',
  'channel-token': 'with the order’s channel token',
  self: 'oneself',
}
