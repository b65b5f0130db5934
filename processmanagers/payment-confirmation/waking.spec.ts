import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { apiBench, until, type ApiBench, type Browser } from '#api/testing.ts'
import { productionLadder } from './ladder.ts'

const Placed = z.object({ orderId: z.string(), channelToken: z.string() })
const Order = z.object({
  status: z.string(),
  payment: z.object({ merchantPaymentId: z.string(), url: z.string().optional() }).optional(),
})

/** Well before the ladder's own first question, so that only who is named here can have asked. */
const WITHIN_MS = productionLadder.firstAskMs - 4_000

describe('confirmation is woken', () => {
  let bench: ApiBench
  let hanako: Browser
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha')
    hanako = await bench.signIn('hanako@example.com')
    const url = `${bench.url}/api/paypay/webhook`
    await bench.simulate('webhooks/target', { url })
  })
  afterAll(() => bench.close())

  const orderOf = async (orderId: string) => Order.parse((await hanako.get(`/api/orders/${orderId}`)).json())

  const paid = async (announce: boolean) => {
    const placed = Placed.parse(
      (await hanako.order({ items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' })).json(),
    )
    const merchantPaymentId = await until('a code', async () => {
      const { payment } = await orderOf(placed.orderId)
      return payment?.url !== undefined && payment.merchantPaymentId
    })
    await bench.simulate('pay', { merchantPaymentId, dropHook: !announce })
    return { ...placed, merchantPaymentId }
  }

  const expectBookedBy = async (
    { orderId, merchantPaymentId }: { orderId: string; merchantPaymentId: string },
    source: string,
  ) => {
    await until('PAID', async () => (await orderOf(orderId)).status === 'PAID', WITHIN_MS)
    const events = await bench.eventsOf(`payment-${merchantPaymentId}`)
    expect(events.find(({ type }) => type === 'PaymentSucceeded')?.data).toMatchObject({ source })
  }

  it('by the webhook', async () => {
    await expectBookedBy(await paid(true), 'webhook')
  })

  it('by the return page', async () => {
    const order = await paid(false)
    expect((await hanako.post(`/api/orders/${order.orderId}/payments/refresh`)).statusCode).toBe(200)
    await expectBookedBy(order, 'return')
  })

  it('by staff who ask in the buyer’s place', async () => {
    const order = await paid(false)
    const operator = await bench.signIn('operator@example.com', ['operator'])
    expect((await operator.post(`/api/orders/${order.orderId}/payments/refresh`)).statusCode).toBe(200)
    await expectBookedBy(order, 'operator')
  })

  it('by a page that is being watched', async () => {
    const order = await paid(false)
    const address = `${bench.url.replace('http', 'ws')}/ws/orders?orderId=${order.orderId}&token=${encodeURIComponent(order.channelToken)}`
    const socket = new WebSocket(address)
    try {
      await expectBookedBy(order, 'poll')
    } finally {
      socket.close()
    }
  })
})
