import type { InjectOptions } from 'fastify'
import { exampleCsv } from '../product-import/example.ts'
import { multipartOf } from '../routes/ops/multipart.ts'

/** What a request can be about; the order is the owner's and still open. */
export interface World {
  readonly orderId: string
  readonly alertId: string
  /** Of a key that is parked, by a process that does not run. */
  readonly parkedId: string
  /** A mail to the owner. */
  readonly mailId: string
  readonly productId: string
  /** Of a picture that is kept. */
  readonly pictureName: string
  readonly picture: Uint8Array
  /** What a sign-in takes. */
  readonly idToken: string
  readonly key: string
}

export type Example = (world: World) => Omit<InjectOptions, 'method' | 'url'> & { readonly url: string }

const at =
  (url: string): Example =>
  () => ({ url })
const ofOrder =
  (path: string, payload?: object): Example =>
  ({ orderId }) => ({ url: path.replace(':id', orderId), ...(payload === undefined ? {} : { payload }) })
const onAlert =
  (deed: string, payload: object = {}): Example =>
  ({ alertId, key }) => ({
    url: `/api/ops/alerts/${alertId}/${deed}`,
    headers: { 'idempotency-key': key },
    payload,
  })
const onProjection = (deed: string): Example => at(`/api/ops/projections/payment-latency/${deed}`)
const onProduct =
  (path: string, payload?: object): Example =>
  ({ productId, key }) => ({
    url: path.replace(':productId', productId),
    ...(payload === undefined ? {} : { headers: { 'idempotency-key': key }, payload }),
  })
const withPicture =
  (path: string): Example =>
  ({ productId, picture }) => ({
    url: path.replace(':productId', productId),
    ...multipartOf(picture, 'tea.png'),
  })

/**
 * A request that each route would answer, by method and address; HEAD is asked as its GET is. A route without one fails
 * the spec.
 */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  'GET /api/docs': at('/api/docs'),
  'GET /api/docs/': at('/api/docs/'),
  'GET /api/docs/static/index.html': at('/api/docs/static/index.html'),
  'GET /api/docs/static/swagger-initializer.js': at('/api/docs/static/swagger-initializer.js'),
  'GET /api/docs/json': at('/api/docs/json'),
  'GET /api/docs/yaml': at('/api/docs/yaml'),
  'GET /api/docs/static/*': at('/api/docs/static/swagger-ui.css'),
  'GET /api/openapi.json': at('/api/openapi.json'),
  'GET /api/asyncapi.json': at('/api/asyncapi.json'),
  'GET /health/live': at('/health/live'),
  'GET /health/ready': at('/health/ready'),
  'GET /health/startup': at('/health/startup'),
  'GET /actuator/health': at('/actuator/health'),
  'GET /metrics': at('/metrics'),
  'GET /problems/:code': at('/problems/order-not-found'),

  'GET /api/shop': at('/api/shop'),
  'GET /api/categories': at('/api/categories'),
  'GET /api/products': at('/api/products'),
  'GET /api/products/search': at('/api/products/search?q=tea'),
  'GET /api/products/suggest': at('/api/products/suggest?q=tea'),
  'GET /api/products/:id': onProduct('/api/products/:productId'),
  'GET /images/:name': ({ pictureName }) => ({ url: `/images/${pictureName}` }),
  'GET /images/products/:productId': onProduct('/images/products/:productId'),

  'POST /api/paypay/webhook': () => ({ url: '/api/paypay/webhook', payload: { state: 'COMPLETED' } }),
  'POST /api/auth/session': ({ idToken }) => ({ url: '/api/auth/session', payload: { idToken } }),
  'GET /api/auth/status': at('/api/auth/status'),
  'POST /api/dev/sign-in': () => ({ url: '/api/dev/sign-in', payload: { email: 'x@example.com' } }),
  'POST /api/auth/logout': at('/api/auth/logout'),

  'GET /api/me': at('/api/me'),
  'PUT /api/me': () => ({ url: '/api/me', payload: { name: '山田花子' } }),
  'GET /api/me/export': at('/api/me/export'),
  'POST /api/me/forget': at('/api/me/forget'),
  'GET /api/mailbox': at('/api/mailbox'),
  'GET /api/mailbox/:id': ({ mailId }) => ({ url: `/api/mailbox/${mailId}` }),
  'GET /api/wallet': at('/api/wallet'),
  'POST /api/wallet/deposits': ({ key }) => ({
    url: '/api/wallet/deposits',
    headers: { 'idempotency-key': key },
    payload: { amountMinor: 1_000 },
  }),
  'GET /api/wallet/entries': at('/api/wallet/entries'),
  'GET /api/cart': at('/api/cart'),
  'PUT /api/cart': ({ productId }) => ({
    url: '/api/cart',
    payload: { items: [{ productId, quantity: 1 }] },
  }),
  'POST /api/orders': ({ productId, key }) => ({
    url: '/api/orders',
    headers: { 'idempotency-key': key },
    payload: { items: [{ productId, quantity: 1 }], paymentMethod: 'PAYPAY' },
  }),
  'GET /api/orders': at('/api/orders'),
  'GET /api/orders/:id': ofOrder('/api/orders/:id'),
  'GET /api/orders/:id/timeline': ofOrder('/api/orders/:id/timeline'),
  'GET /api/orders/:id/recipient': ofOrder('/api/orders/:id/recipient'),
  'POST /api/orders/:id/cancel': ofOrder('/api/orders/:id/cancel'),
  'POST /api/orders/:id/payments': ofOrder('/api/orders/:id/payments'),
  'POST /api/orders/:id/payments/refresh': ofOrder('/api/orders/:id/payments/refresh'),
  'GET /api/payments/:id/qrcode': ofOrder('/api/payments/:id/qrcode'),

  'GET /api/ops/alerts': at('/api/ops/alerts'),
  'GET /api/ops/alerts/:id': ({ alertId }) => ({ url: `/api/ops/alerts/${alertId}` }),
  'POST /api/ops/alerts/:id/acknowledge': onAlert('acknowledge'),
  'POST /api/ops/alerts/:id/assign': onAlert('assign'),
  'POST /api/ops/alerts/:id/note': onAlert('note', { text: 'Looked at' }),
  'POST /api/ops/alerts/:id/resolve': onAlert('resolve'),
  'POST /api/ops/orders/:id/refund': ({ orderId, key }) => ({
    url: `/api/ops/orders/${orderId}/refund`,
    headers: { 'idempotency-key': key },
    payload: { reason: 'Broken' },
  }),
  'GET /api/ops/payments/latency': at('/api/ops/payments/latency'),
  'GET /api/ops/projections': at('/api/ops/projections'),
  'POST /api/ops/projections/:name/rebuild': onProjection('rebuild'),
  'POST /api/ops/projections/:name/switch': onProjection('switch'),
  'POST /api/ops/projections/:name/rollback': onProjection('rollback'),
  'POST /api/ops/projections/:name/cancel': onProjection('cancel'),
  'POST /api/ops/projections/:name/drop': onProjection('drop'),
  'GET /api/ops/parked': at('/api/ops/parked'),
  'POST /api/ops/parked/:id/replay': ({ parkedId }) => ({ url: `/api/ops/parked/${parkedId}/replay` }),
  'GET /api/ops/products': at('/api/ops/products'),
  'GET /api/ops/products/:productId': onProduct('/api/ops/products/:productId'),
  'POST /api/ops/products/:productId/price': onProduct('/api/ops/products/:productId/price', {
    priceMinor: 1_200,
  }),
  'POST /api/ops/products/:productId/status': onProduct('/api/ops/products/:productId/status', {
    status: 'ACTIVE',
  }),
  'GET /api/ops/stock/:productId': onProduct('/api/ops/stock/:productId'),
  'POST /api/ops/stock/:productId': onProduct('/api/ops/stock/:productId', { quantity: 1 }),
  'POST /api/ops/images': withPicture('/api/ops/images'),
  'POST /api/ops/products/:productId/image': withPicture('/api/ops/products/:productId/image'),
  'POST /api/ops/products/import': () => ({
    url: '/api/ops/products/import',
    ...multipartOf(Buffer.from(exampleCsv()), 'products.csv', 'text/csv'),
  }),
  'GET /api/ops/products/import/example': at('/api/ops/products/import/example'),

  'GET /api/audit/events': at('/api/audit/events?limit=1'),
  'GET /api/audit/export': at('/api/audit/export?format=csv&type=StockAdjusted'),
  'GET /api/audit/streams/:stream': ({ orderId }) => ({ url: `/api/audit/streams/order-${orderId}` }),
  'GET /api/audit/orders/:id': ofOrder('/api/audit/orders/:id'),
}

/** Where each socket is opened; the token is what the caller was given with the order, if anything. */
export const SOCKETS: Readonly<Record<string, (world: World, token: string) => string>> = {
  '/ws/orders': ({ orderId }, token) => `/ws/orders?orderId=${orderId}&token=${token}`,
  '/ws/me': () => '/ws/me',
}
