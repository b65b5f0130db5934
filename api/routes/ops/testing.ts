import { randomUUID } from 'node:crypto'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { apiBench, type Browser } from '../../testing.ts'

export const PRICE = 1_200
/** Of an order as the desk places them: three of a kind. */
export const TOTAL = 3 * PRICE
const DAY_MS = 24 * 60 * 60_000

export const yen = (amountMinor: number) => ({ amountMinor, currency: 'JPY' })

/** The status of a reply and, where it is a problem, its code. */
export const saying = (reply: { statusCode: number; json: () => { code?: string } }) => [
  reply.statusCode,
  reply.json().code,
]

export interface Refund {
  refundId: string
  orderId: string
  amount: { amountMinor: number }
  status: string
  position: number
}

/** The API with a product, a buyer and an operator; what processes would tell an order is told by hand. */
export const refundDesk = async () => {
  const bench = await apiBench()
  await bench.offer('sencha', PRICE, 1_000)
  const hanako = await bench.signIn('hanako@example.com')
  const operator = await bench.signIn('operator@example.com', ['operator'])

  const run = (orderId: OrderId, command: OrderCommand) =>
    bench.deps.commands.run(order, orderId, command, {
      commandId: randomUUID(),
      correlationId: orderId,
      causationId: orderId,
      actor: 'process:refunding',
    })
  const place = async (): Promise<OrderId> => {
    const reply = await hanako.order({
      items: [{ productId: 'sencha', quantity: 3 }],
      paymentMethod: 'PAYPAY',
    })
    return OrderId.parse(reply.json<{ orderId: string }>().orderId)
  }
  return {
    bench,
    hanako,
    operator,
    run,
    place,
    paid: async (daysAgo = 0): Promise<OrderId> => {
      const orderId = await place()
      const atMs = bench.deps.clock.nowMs()
      await run(orderId, {
        type: 'ConfirmPayment',
        merchantPaymentId: merchantPaymentIdOf(orderId, 1),
        paymentId: '04137808670405270001',
        amount: money(TOTAL, 'JPY'),
        succeededAtMs: atMs - daysAgo * DAY_MS,
        atMs,
      })
      return orderId
    },
    refund: (orderId: string, body: object, key: string = randomUUID(), by: Browser = operator) =>
      refundBy(by, orderId, body, key),
    requestsOf: async (orderId: string) =>
      (await bench.eventsOf(`order-${orderId}`)).filter(({ type }) => type === 'OrderRefundRequested'),
  }
}

export type RefundDesk = Awaited<ReturnType<typeof refundDesk>>

export const refundBy = (by: Browser, orderId: string, body: object, key: string = randomUUID()) =>
  by.send({
    method: 'POST',
    url: `/api/ops/orders/${orderId}/refund`,
    headers: { 'idempotency-key': key },
    payload: body,
  })
