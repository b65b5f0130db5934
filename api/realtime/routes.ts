import type { Config } from '#platform/config/config.ts'
import type { ApiScope } from '../instance.ts'
import { refuseForeignOrigins } from '../plugins/origin-check.ts'
import type { RateLimits } from '../plugins/rate-limits.ts'
import { customerOf } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import type { Connections } from './connections.ts'
import type { MySockets } from './my-sockets.ts'
import type { OrderSockets } from './order-sockets.ts'

export interface Sockets {
  readonly ofOrders: OrderSockets
  readonly ofCustomers: MySockets
  readonly connections: Connections
}

/** Where sockets are opened. Pages of another origin are refused, and so is what would be too many. */
export const socketRoutes = (
  app: ApiScope,
  config: Pick<Config, 'publicUrl'>,
  limits: RateLimits,
  { ofOrders, ofCustomers, connections }: Sockets,
): void => {
  const ownOrigin = refuseForeignOrigins(config.publicUrl)
  const tooMany = (isFull: boolean): Problem | undefined =>
    isFull ? new Problem('too-many-connections', { retryAfterSeconds: 30 }) : undefined

  app.get(
    '/ws/orders',
    {
      config: { access: 'channel-token' },
      websocket: true,
      exposeHeadRoute: false,
      onRequest: limits.general,
      preValidation: [
        ownOrigin,
        (_request, _reply, done) => {
          done(tooMany(connections.isFull()))
        },
      ],
    },
    (socket, request) => ofOrders.connect(socket, request),
  )

  app.get(
    '/ws/me',
    {
      config: { access: 'self' },
      websocket: true,
      exposeHeadRoute: false,
      onRequest: limits.general,
      preValidation: [
        ownOrigin,
        (request, _reply, done) => {
          done(tooMany(connections.isFull() || ofCustomers.isFullFor(customerOf(request).customerId)))
        },
      ],
    },
    (socket, request) => ofCustomers.connect(socket, request),
  )
}
