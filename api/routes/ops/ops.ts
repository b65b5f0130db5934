import { pictureUploads } from '#platform/images/uploads.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { alertDeedRoutes } from './alert-deed-routes.ts'
import { alertRoutes } from './alerts.ts'
import { parkedRoutes } from './parked.ts'
import { paymentsLatencyRoute } from './payments-latency.ts'
import { projectionRoutes } from './projections.ts'
import { productImageRoutes } from './product-images.ts'
import { productImportRoutes } from './product-import.ts'
import { opsProductRoutes } from './products.ts'
import { refundRoute } from './refunds.ts'
import { stockRoutes } from './stock.ts'
import { acceptUploads } from './uploads.ts'

/** Everything under `/api/ops`: for staff alone, as each route says. */
export const opsRoutes = async (app: ApiScope, deps: ApiDependencies): Promise<void> => {
  alertRoutes(app, deps)
  alertDeedRoutes(app, deps)
  refundRoute(app, deps)
  paymentsLatencyRoute(app, deps)
  projectionRoutes(app, deps)
  parkedRoutes(app, deps)
  opsProductRoutes(app, deps)
  stockRoutes(app, deps)
  const uploads = pictureUploads(deps.images)
  await app.register(async (scope: ApiScope) => {
    await acceptUploads(scope)
    productImageRoutes(scope, deps, uploads)
    productImportRoutes(scope, deps, uploads)
  })
}
