import type { Role } from '#platform/identity/port.ts'
import type { Customer } from './plugins/session-cookies.ts'

/** Those who may look at what is not theirs. */
export const READING_STAFF: readonly Role[] = ['support', 'operator', 'auditor', 'admin']
/** Those who may also change it; an auditor only ever looks. */
export const ACTING_STAFF: readonly Role[] = ['support', 'operator', 'admin']

/** Those who may put money into a customer's wallet. */
export const DEPOSITING_STAFF: readonly Role[] = ['operator', 'admin']

/** Those who may read the log itself, whoever it is about. */
export const AUDITING_STAFF: readonly Role[] = ['auditor', 'admin']

export const hasRoleOf = ({ roles }: Pick<Customer, 'roles'>, allowed: readonly Role[]): boolean =>
  roles.some((role) => allowed.includes(role))
