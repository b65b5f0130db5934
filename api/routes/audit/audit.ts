import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { auditEventsRoute } from './events.ts'
import { auditExportRoute } from './export.ts'
import { auditOrderRoute } from './order.ts'
import { auditStreamRoute } from './stream.ts'

/** Everything under `/api/audit`: for auditors and admins alone, and only to read. */
export const auditRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  auditEventsRoute(app, deps)
  auditExportRoute(app, deps)
  auditStreamRoute(app, deps)
  auditOrderRoute(app, deps)
}
