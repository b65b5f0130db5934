/** Who may come into the staff's rooms at all, and look around. */
export const STAFF_ROLES = ['admin', 'operator', 'support', 'auditor'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]
/** Who may change what is sold. */
const CATALOGUE = ['admin']
/** Who may book goods in. */
const STOCK = ['operator', 'admin']
/** Who may take alerts up and end them. */
const ALERTS = ['operator', 'admin']
/** Who may have what was set aside tried again. */
const REPLAYS = ['operator', 'admin']
/** Who may write down what they know. */
const NOTES = ['support', 'operator', 'admin']

const isOneOf = (roles: readonly string[] | undefined, allowed: readonly string[]): boolean =>
  roles?.some((role) => allowed.includes(role)) === true

/** What somebody with these roles may do. The API has the last word; this is so that nobody is offered what it refuses. */
export const rightsOf = (roles: readonly string[] | undefined) => ({
  isStaff: isOneOf(roles, STAFF_ROLES),
  mayChangeCatalogue: isOneOf(roles, CATALOGUE),
  mayBookStock: isOneOf(roles, STOCK),
  mayNoteAlerts: isOneOf(roles, NOTES),
  maySeeToAlerts: isOneOf(roles, ALERTS),
  mayReplay: isOneOf(roles, REPLAYS),
})
