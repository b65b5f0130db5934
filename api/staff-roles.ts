import type { Role } from '#platform/identity/port.ts'
import type { Customer } from './plugins/session-cookies.ts'

/** Those who may look at what is not theirs. */
export const READING_STAFF: readonly Role[] = ['support', 'operator', 'auditor', 'admin']
/** Those who may also change it; an auditor only ever looks. */
export const ACTING_STAFF: readonly Role[] = ['support', 'operator', 'admin']

export const hasRoleOf = ({ roles }: Pick<Customer, 'roles'>, allowed: readonly Role[]): boolean =>
  roles.some((role) => allowed.includes(role))
