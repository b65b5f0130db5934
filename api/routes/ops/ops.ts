import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { paymentsLatencyRoute } from './payments-latency.ts'
import { projectionRoutes } from './projections.ts'
import { refundRoute } from './refunds.ts'
import { requireStaff } from './staff-only.ts'

/** Everything under `/api/ops`: for staff alone. Mounted among what needs a sign-in and a CSRF token. */
export const opsRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  requireStaff(app)
  refundRoute(app, deps)
  paymentsLatencyRoute(app, deps)
  projectionRoutes(app, deps)
}
