import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { check, isEnded, type Flow } from '../flow.ts'
import type { Buyer } from '../shop-client.ts'

const MAILED_WITHIN_MS = 5_000

const Timeline = z.object({ items: z.array(z.object({ type: z.string(), detail: z.string().optional() })) })

/** Whatever the simulator was asked to announce while PayPay announces nothing, it did not. */
const wasSilent = (deliveries: readonly string[]): boolean =>
  deliveries.every((status) => status === 'maintenance')

const Mails = z.object({ items: z.array(z.object({ subject: z.string(), language: z.string() })) })

/** Where the shop keeps its mails instead of sending them: the buyer was told of the order and of the payment. */
const wasWrittenTo = async (buyer: Buyer, orderId: string): Promise<void> => {
  const giveUpAtMs = Date.now() + MAILED_WITHIN_MS
  for (;;) {
    const { status, body } = await buyer.call('GET', '/api/mailbox')
    if (status === 404) return
    const { items } = Mails.parse(body)
    const mails = items.filter(({ subject }) => subject.includes(orderId))
    const isInTheirLanguage = mails.every(({ language }) => language === 'ja')
    if (mails.length === 2 && isInTheirLanguage) return
    check(Date.now() < giveUpAtMs, `The mailbox holds ${JSON.stringify(mails)}`)
    await pause(50)
  }
}

export const payByWebhook: Flow = {
  name: 'pay-by-webhook',
  tells: 'A buyer pays; PayPay’s webhook makes the shop ask, and the order is paid.',
  play: async (stage) => {
    const { buyer, simulate, productWith, available, webhooks, paidWithinMs } = stage
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    const paidAtMs = Date.now()
    await simulate('pay', { merchantPaymentId })
    await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', paidWithinMs)
    const tookMs = Date.now() - paidAtMs
    check((await available(productId)) === before - 1, 'One unit less should be available')
    await wasWrittenTo(buyer, orderId)
    if (webhooks) return `PAID ${tookMs} ms after the payment`
    const deliveries = await stage.deliveriesOf(merchantPaymentId)
    check(deliveries.length > 0 && wasSilent(deliveries), `Webhooks are not off: ${deliveries.join()}`)
    const timeline = await buyer.call('GET', `/api/orders/${orderId}/timeline`)
    const booked = Timeline.parse(timeline.body).items.find(({ type }) => type === 'PaymentSucceeded')
    check(booked?.detail === 'poll', `It was booked by ${booked?.detail}`)
    return `PAID ${tookMs} ms after the payment, by asking`
  },
}

export const webhooksDropped: Flow = {
  name: 'webhooks-dropped',
  tells: 'Every webhook is lost; the shop asks by itself, and the order is paid.',
  play: async ({ buyer, simulate, productWith, askedWithinMs }) => {
    const { productId } = await productWith(1)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    const paidAtMs = Date.now()
    await simulate('pay', { merchantPaymentId, dropHook: true })
    await buyer.until(orderId, 'PAID by polling', ({ status }) => status === 'PAID', askedWithinMs)
    return `PAID ${Date.now() - paidAtMs} ms after the payment, without any webhook`
  },
}

export const decline: Flow = {
  name: 'decline',
  tells: 'PayPay declines; the order fails for good and its stock is free again.',
  play: async ({ buyer, simulate, productWith, available, released, askedWithinMs }) => {
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulate('fail', { merchantPaymentId })
    const failed = await buyer.until(orderId, 'FAILED', isEnded, askedWithinMs)
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
  play: async ({ buyer, simulate, productWith, webhooks, paidWithinMs, deliveriesOf }) => {
    const { productId } = await productWith(1)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulate('pay', { merchantPaymentId, copies: 10 })
    await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', paidWithinMs)
    const timeline = await buyer.call('GET', `/api/orders/${orderId}/timeline`)
    const entries = Timeline.parse(timeline.body).items
    const paid = entries.filter(({ type }) => type === 'OrderPaid').length
    check(paid === 1, `The timeline shows ${paid} payments`)
    if (webhooks) return 'one OrderPaid in the timeline'
    check(wasSilent(await deliveriesOf(merchantPaymentId)), 'Webhooks are not off')
    return 'one OrderPaid in the timeline, with none of the ten sent'
  },
}
