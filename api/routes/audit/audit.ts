import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { AUDITING_STAFF } from '../../staff-roles.ts'
import { onlyRoles } from '../ops/staff-only.ts'
import { auditEventsRoute } from './events.ts'
import { auditExportRoute } from './export.ts'
import { auditOrderRoute } from './order.ts'
import { auditStreamRoute } from './stream.ts'

/** Everything under `/api/audit`: for auditors and admins alone, and only to read. Mounted among what needs a sign-in. */
export const auditRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  app.addHook('onRequest', onlyRoles(AUDITING_STAFF))
  auditEventsRoute(app, deps)
  auditExportRoute(app, deps)
  auditStreamRoute(app, deps)
  auditOrderRoute(app, deps)
}
