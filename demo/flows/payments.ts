import { z } from 'zod'
import { check, isEnded, type Flow } from '../flow.ts'

/** The watching page asks every few seconds; the promise for a buyer who watches is five. */
const WITHOUT_WEBHOOKS_MS = 15_000

const Timeline = z.object({ items: z.array(z.object({ type: z.string() })) })

export const payByWebhook: Flow = {
  name: 'pay-by-webhook',
  tells: 'A buyer pays; PayPay’s webhook makes the shop ask, and the order is paid.',
  play: async ({ buyer, simulate, productWith, available }) => {
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    const paidAtMs = Date.now()
    await simulate('pay', { merchantPaymentId })
    await buyer.until(orderId, 'PAID by webhook', ({ status }) => status === 'PAID')
    const tookMs = Date.now() - paidAtMs
    check((await available(productId)) === before - 1, 'One unit less should be available')
    return `PAID ${tookMs} ms after the payment`
  },
}

export const webhooksDropped: Flow = {
  name: 'webhooks-dropped',
  tells: 'Every webhook is lost; the shop asks by itself, and the order is paid.',
  play: async ({ buyer, simulate, productWith }) => {
    const { productId } = await productWith(1)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    const paidAtMs = Date.now()
    await simulate('pay', { merchantPaymentId, dropHook: true })
    await buyer.until(orderId, 'PAID by polling', ({ status }) => status === 'PAID', WITHOUT_WEBHOOKS_MS)
    return `PAID ${Date.now() - paidAtMs} ms after the payment, without any webhook`
  },
}

export const decline: Flow = {
  name: 'decline',
  tells: 'PayPay declines; the order fails for good and its stock is free again.',
  play: async ({ buyer, simulate, productWith, available, released }) => {
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulate('fail', { merchantPaymentId })
    const failed = await buyer.until(orderId, 'FAILED', isEnded, WITHOUT_WEBHOOKS_MS)
    check(
      failed.status === 'FAILED' && failed.failureReason === 'PAYMENT_FAILED',
      `It is ${JSON.stringify(failed)}`,
    )
    await released(productId, before)
    return 'FAILED (PAYMENT_FAILED), stock released'
  },
}

export const doubledWebhooks: Flow = {
  name: 'ten-doubled-webhooks',
  tells: 'The same webhook comes ten times; it is paid once.',
  play: async ({ buyer, simulate, productWith }) => {
    const { productId } = await productWith(1)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulate('pay', { merchantPaymentId, copies: 10 })
    await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID')
    const timeline = await buyer.call('GET', `/api/orders/${orderId}/timeline`)
    const entries = Timeline.parse(timeline.body).items
    const paid = entries.filter(({ type }) => type === 'OrderPaid').length
    check(paid === 1, `The timeline shows ${paid} payments`)
    return 'one OrderPaid in the timeline'
  },
}
