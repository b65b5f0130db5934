import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiBench, type ApiBench } from '../api/testing.ts'
import { APPENDS_PER_ORDER } from '../bench/appends-per-order.ts'

const Placed = z.object({ orderId: z.string() })
const Shown = z.object({
  status: z.string(),
  payment: z.object({ merchantPaymentId: z.string() }).optional(),
})

/** Everything one order may have written to, in the order of `docs/explanation/architecture.md`, and what tells of trouble. */
const PREFIXES = [
  'order-',
  'checkout-',
  'stock-',
  'payment-',
  'confirmation-',
  'notification-',
  'account-',
  'mail-',
  'alert-',
  'provider-',
]

describe('a one-line order', () => {
  let bench: ApiBench
  beforeEach(async () => {
    bench = await apiBench({ withProcesses: true, withMail: true })
    await bench.offer('tea')
  })
  afterEach(async () => {
    await bench.close()
  })

  /** The appends of the log since a position, as `stream category: event types`. */
  const appendsSince = async (position: number): Promise<string[]> => {
    const looking = new AbortController()
    const appends = new Map<string, string>()
    const batches = bench.deps.eventStore.subscribe({
      name: 'count',
      prefixes: PREFIXES,
      after: position,
      signal: looking.signal,
    })
    for await (const { events, caughtUp } of batches) {
      for (const { stream, type, metadata } of events) {
        const append = `${stream} ${metadata.commandId}`
        const category = stream.slice(0, stream.indexOf('-'))
        appends.set(append, `${appends.get(append) ?? `${category}:`} ${type}`)
      }
      if (caughtUp) looking.abort()
    }
    return [...appends.values()]
  }

  it('by PayPay needs thirteen appends from basket to sold, the webhook included, and one for each of two mails', async () => {
    const before = (await bench.deps.eventStore.last('stock-tea'))?.position ?? 0
    const buyer = await bench.signIn('thirteen@example.com')
    const placed = await buyer.order({ items: [{ productId: 'tea', quantity: 2 }], paymentMethod: 'PAYPAY' })
    const { orderId } = Placed.parse(placed.json())
    const shown = async () => Shown.parse((await buyer.get(`/api/orders/${orderId}`)).json())
    await expect.poll(async () => (await shown()).status).toBe('WAITING_PAYMENT')
    const merchantPaymentId = (await shown()).payment?.merchantPaymentId ?? ''

    await bench.simulate('pay', { merchantPaymentId, dropHook: true })
    const webhook = await bench.app.inject({
      method: 'POST',
      url: '/api/paypay/webhook',
      payload: { notification_type: 'Transaction', merchant_order_id: merchantPaymentId, state: 'COMPLETED' },
    })
    expect(webhook.statusCode).toBe(200)
    await expect.poll(async () => (await shown()).status).toBe('PAID')
    const isOver = async () => {
      const [checkout, confirmation, mails] = await Promise.all([
        bench.typesOf(`checkout-${orderId}`),
        bench.typesOf(`confirmation-${merchantPaymentId}`),
        bench.typesOf(`mail-${orderId}`),
      ])
      const isTold = mails.length >= 2
      return isTold && checkout.includes('CheckoutEnded') && confirmation.includes('ConfirmationClosed')
    }
    await expect.poll(isOver).toBe(true)

    const appends = await appendsSince(before)
    const mails = appends.filter((append) => append.startsWith('mail:'))
    expect({ ofTheOrder: appends.length - mails.length, ofItsMails: mails.length }).toEqual(APPENDS_PER_ORDER)
    expect(appends.toSorted()).toEqual(
      [
        'order: OrderPlaced',
        'checkout: CheckoutStarted',
        'stock: StockReserved',
        'payment: PaymentRequested',
        'confirmation: ConfirmationOpened',
        'payment: PaymentCodeIssued',
        'order: OrderAwaitingPayment',
        'notification: ProviderNotificationReceived',
        'payment: PaymentObserved PaymentSucceeded',
        'order: OrderPaid',
        'stock: StockReservationConfirmed',
        'checkout: CheckoutEnded',
        'confirmation: ConfirmationClosed',
        'mail: MailSent',
        'mail: MailSent',
      ].toSorted(),
    )
  })

  it('from the wallet needs nine, and one for each of two mails', async () => {
    const buyer = await bench.signIn('nine@example.com')
    const deposit = await buyer.deposit({ amountMinor: 5_000 })
    const { position } = z.object({ position: z.number() }).parse(deposit.json())
    const placed = await buyer.order({ items: [{ productId: 'tea', quantity: 2 }], paymentMethod: 'WALLET' })
    const { orderId } = Placed.parse(placed.json())
    const isOver = async () => {
      const [checkout, mails] = await Promise.all([
        bench.typesOf(`checkout-${orderId}`),
        bench.typesOf(`mail-${orderId}`),
      ])
      return checkout.includes('CheckoutEnded') && mails.length >= 2
    }
    await expect.poll(isOver).toBe(true)

    expect((await appendsSince(position)).toSorted()).toEqual(
      [
        'order: OrderPlaced',
        'checkout: CheckoutStarted',
        'stock: StockReserved',
        'payment: PaymentRequested',
        'account: FundsDebited',
        'payment: PaymentObserved PaymentSucceeded',
        'order: OrderPaid',
        'stock: StockReservationConfirmed',
        'checkout: CheckoutEnded',
        'mail: MailSent',
        'mail: MailSent',
      ].toSorted(),
    )
  })
})
