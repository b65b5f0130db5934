import { check, type Flow } from '../flow.ts'

export const forgedWebhook: Flow = {
  name: 'forged-webhook',
  tells: 'Somebody posts that an unpaid order is COMPLETED; it pays nothing.',
  play: async ({ buyer, productWith, webhookUrl }) => {
    const { productId } = await productWith(1)
    const { orderId, amount } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    for (let copy = 0; copy < 20; copy += 1) {
      const posted = await fetch(webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '13.112.237.64' },
        body: JSON.stringify({
          notification_type: 'Transaction',
          merchant_order_id: merchantPaymentId,
          order_id: `0413780867040527${copy + 1_000}`,
          order_amount: String(amount.amountMinor),
          state: 'COMPLETED',
        }),
      })
      check(posted.status === 200, `A webhook was answered ${posted.status}`)
    }
    const refreshed = await buyer.call('POST', `/api/orders/${orderId}/payments/refresh`)
    check(refreshed.status === 200, `Asking answered ${refreshed.status}`)
    const { status } = await buyer.order(orderId)
    check(status === 'WAITING_PAYMENT', `The forged webhook made it ${status}`)
    await buyer.call('POST', `/api/orders/${orderId}/cancel`)
    return 'still WAITING_PAYMENT after twenty forgeries'
  },
}

const BUYERS = 100
const UNITS = 10

export const hundredBuyers: Flow = {
  name: 'hundred-buyers-ten-units',
  tells: 'A hundred buyers at once for ten units: exactly ten can pay, ninety are told there is no more.',
  play: async ({ buyer, productWith, available, released }) => {
    const { productId, available: units } = await productWith(UNITS)
    // Each takes a tenth of what there is; the odd units are set aside first.
    const quantity = Math.floor(units / UNITS)
    const odd = units - quantity * UNITS
    const aside = odd === 0 ? undefined : await buyer.place(productId, odd)
    if (aside !== undefined) await buyer.payable(aside.orderId)
    const placed = await Promise.all(Array.from({ length: BUYERS }, () => buyer.place(productId, quantity)))
    const settled = await Promise.all(
      placed.map(({ orderId }) =>
        buyer.until(orderId, 'reserved or refused', ({ status }) => status !== 'PENDING', 60_000),
      ),
    )
    const won = settled.filter(({ status }) => status === 'WAITING_PAYMENT')
    const short = settled.filter(({ failureReason }) => failureReason === 'INVENTORY_SHORTAGE')
    check(
      won.length === UNITS && short.length === BUYERS - UNITS,
      `${won.length} won and ${short.length} were refused`,
    )
    check((await available(productId)) === 0, 'Nothing should be left')
    for (const { orderId } of [...won, ...(aside === undefined ? [] : [aside])])
      await buyer.call('POST', `/api/orders/${orderId}/cancel`)
    await released(productId, units)
    return `${won.length} of ${BUYERS} won, ${short.length} were told INVENTORY_SHORTAGE`
  },
}
