import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Attempt } from './attempt.ts'
import { type CashierView, cashierPage, cashierPolicy } from './cashier-page.ts'
import type { World } from './world.ts'
import { lapsed } from './transitions.ts'

/** The page a buyer's browser reaches by the code's address, working with plain form posts. */
export function registerCashier(app: FastifyInstance, world: World): void {
  app.get<{ Params: { code: string } }>('/q/:code', async (request, reply) => {
    const attempt = attemptOf(world, request.params.code)
    return await show(reply, world, attempt, viewOf(attempt, world.clock.nowMs()))
  })

  app.post<{ Params: { code: string } }>('/q/:code', async (request, reply) => {
    const attempt = attemptOf(world, request.params.code)
    if (attempt === undefined) return await show(reply, world, attempt, { kind: 'unknown' })
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')
    const action = form.get('action')
    const id = attempt.merchantPaymentId
    if (action === 'leave') return await show(reply, world, attempt, { kind: 'left' })
    if (action === 'open') {
      world.provider.buyerOpensApp(id)
      return await reply.redirect(`/q/${request.params.code}`, 303)
    }
    if (action === 'pay' || action === 'pay-late') {
      world.tell(world.provider.buyerPays(id, { late: action === 'pay-late' }))
    } else if (action === 'decline') {
      world.tell(world.provider.paymentFails(id))
    }
    // PayPay leads back to the shop even after showing an error, so coming back proves nothing.
    return await reply.redirect(attempt.request.redirectUrl ?? `/q/${request.params.code}`, 303)
  })
}

function attemptOf(world: World, code: string): Attempt | undefined {
  return world.ledger.findAttemptByLinkKey(code.slice(-16))
}

function viewOf(attempt: Attempt | undefined, nowMs: number): CashierView {
  if (attempt === undefined) return { kind: 'unknown' }
  const { state } = attempt.payment
  if (state === 'completed') return { kind: 'paid' }
  if (state !== 'none') return { kind: state }
  if (attempt.deleted) return { kind: 'deleted' }
  return lapsed(attempt, nowMs) ? { kind: 'lapsed' } : { kind: 'payable', expiresAtMs: attempt.expiresAtMs }
}

async function show(
  reply: FastifyReply,
  world: World,
  attempt: Attempt | undefined,
  view: CashierView,
): Promise<void> {
  const order =
    attempt === undefined
      ? undefined
      : {
          shopName: world.shopName,
          amountMinor: attempt.request.amountMinor,
          ...(attempt.request.orderDescription === undefined
            ? {}
            : { description: attempt.request.orderDescription }),
          ...(attempt.request.redirectUrl === undefined ? {} : { redirectUrl: attempt.request.redirectUrl }),
        }
  await reply
    .code(view.kind === 'unknown' ? 404 : 200)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', cashierPolicy)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(cashierPage(view, order))
}
