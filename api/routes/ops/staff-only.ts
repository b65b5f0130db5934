import type { Role } from '#platform/identity/port.ts'
import type { Customer } from '../../plugins/session-cookies.ts'

/** Who may change what is sold, and how it looks. */
export const CATALOGUE_STAFF: readonly Role[] = ['admin']
/** Who may book goods in and correct what there is. */
export const STOCK_STAFF: readonly Role[] = ['operator', 'admin']

/** How the log names a member of staff: the shop's id for the person, never a name or an address. */
export const staffActor = ({ customerId }: Pick<Customer, 'customerId'>): string => `staff:${customerId}`
