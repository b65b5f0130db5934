import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { idempotencyKeyOf, needsIdempotencyKey } from '../../idempotency-key.ts'
import type { ApiScope } from '../../instance.ts'
import { MoneyView } from '../../orders/order-view.ts'
import { orderRefunding, RefundRequest } from '../../orders/refund-order.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { Problem } from '../../problems.ts'
import { IdParams, problems } from '../../schemas.ts'
import { ACTING_STAFF } from '../../staff-roles.ts'
import { staffActor } from './staff-only.ts'

const RefundReply = z.object({
  refundId: z.string(),
  orderId: z.string(),
  amount: MoneyView,
  status: z.literal('REQUESTED'),
  position: z.int(),
})

/** Staff return a paid order's money, in whole or in part; the provider is asked afterwards, and the order says how it went. */
export const refundRoute = (app: ApiScope, deps: ApiDependencies): void => {
  const refund = orderRefunding(deps)

  app.post(
    '/api/ops/orders/:id/refund',
    {
      config: { access: { staff: ACTING_STAFF } },
      preValidation: needsIdempotencyKey,
      schema: {
        tags: ['ops'],
        summary: 'Return the money of a paid order, in whole or in part',
        description:
          'Needs `Idempotency-Key`: a repeat with the same key and body answers the same refund. All that is left goes ' +
          'back when `amountMinor` is absent. The order tells how the refund goes on: REQUESTED, then COMPLETED or ' +
          'REJECTED. `reason` is a note for staff that stays in the log for good: no personal data. Units in `returning` ' +
          'go back on sale once the money has gone back.',
        params: IdParams,
        body: RefundRequest,
        response: { 202: RefundReply, ...problems },
      },
    },
    async (request, reply) => {
      const orderId = OrderId.safeParse(request.params.id)
      if (!orderId.success) throw new Problem('order-not-found')
      const { refundId, amount, position } = await refund({
        orderId: orderId.data,
        actor: staffActor(customerOf(request)),
        idempotencyKey: idempotencyKeyOf(request),
        body: request.body,
        request: { causationId: request.id, ...traceOf(request.headers) },
      })
      return reply
        .code(202)
        .header('location', `/api/orders/${orderId.data}`)
        .send({ refundId, orderId: orderId.data, amount, status: 'REQUESTED', position })
    },
  )
}
