import { randomUUID } from 'node:crypto'
import { money } from '#domain/money/money.ts'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { apiBench, type ApiBenchOptions } from '../../testing.ts'

export const TOTAL = 3_600
export const CODE = {
  codeId: '04-1795200000',
  url: 'https://qr.example/payable',
  deeplink: 'paypay://payment?link_key=payable',
}

/** The API with a buyer, an auditor and one order whose story is told by hand: placed, payable, paid. */
export const auditDesk = async (options: ApiBenchOptions = {}) => {
  const bench = await apiBench(options)
  await bench.offer('sencha', TOTAL / 3, 1_000)
  const hanako = await bench.signIn('hanako@example.com')
  const auditor = await bench.signIn('auditor@example.com', ['auditor'])
  const { clock, commands } = bench.deps

  const contextOf = (orderId: string) => ({
    commandId: randomUUID(),
    correlationId: orderId,
    causationId: `cause-of-${orderId}`,
    actor: 'process:checkout',
  })
  const follow = async (outcome: { readonly kind: string; readonly position?: number }): Promise<void> => {
    if (outcome.position === undefined) throw new Error(`The command was ${outcome.kind}`)
    const isThere = await bench.projections.waitFor(outcome.position, 30_000)
    if (!isThere) throw new Error('The read models did not follow')
  }
  const toOrder = async (orderId: OrderId, command: OrderCommand): Promise<void> =>
    follow(await commands.run(order, orderId, command, contextOf(orderId)))
  const toPayment = async (orderId: OrderId, command: PaymentCommand): Promise<void> =>
    follow(await commands.run(payment, merchantPaymentIdOf(orderId, 1), command, contextOf(orderId)))

  return {
    bench,
    hanako,
    auditor,
    contextOf,
    toOrder,
    place: async (): Promise<OrderId> => {
      const reply = await hanako.order({
        items: [{ productId: 'sencha', quantity: 3 }],
        paymentMethod: 'PAYPAY',
        contact: { name: '山田花子', email: 'hanako@example.com', phone: '090-1234-5678' },
      })
      const { orderId, position } = reply.json<{ orderId: string; position: number }>()
      await follow({ kind: 'placed', position })
      return OrderId.parse(orderId)
    },
    /** A code is issued for it, and it is shown. */
    makePayable: async (orderId: OrderId): Promise<void> => {
      const atMs = clock.nowMs()
      const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
      await toPayment(orderId, {
        type: 'RequestPayment',
        merchantPaymentId,
        orderId,
        attempt: 1,
        amount: money(TOTAL, 'JPY'),
        windowEndsAtMs: atMs + 900_000,
        requestedAtMs: atMs,
      })
      await toPayment(orderId, { type: 'IssueCode', ...CODE, expiresAtMs: atMs + 300_000, atMs })
      await toOrder(orderId, {
        type: 'AwaitPayment',
        merchantPaymentId,
        attempt: 1,
        codeExpiresAtMs: atMs + 300_000,
        atMs,
      })
    },
    pay: async (orderId: OrderId): Promise<void> => {
      const atMs = clock.nowMs()
      await toOrder(orderId, {
        type: 'ConfirmPayment',
        merchantPaymentId: merchantPaymentIdOf(orderId, 1),
        paymentId: '04137808670405270001',
        amount: money(TOTAL, 'JPY'),
        succeededAtMs: atMs,
        atMs,
      })
    },
  }
}

export type AuditDesk = Awaited<ReturnType<typeof auditDesk>>
