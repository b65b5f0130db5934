import { check, isEnded, type Flow } from '../flow.ts'

export const cancel: Flow = {
  name: 'cancel',
  tells: 'The buyer calls an unpaid order off; the stock is free at once.',
  play: async ({ buyer, productWith, available, released }) => {
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    await buyer.payable(orderId)
    const cancelled = await buyer.call('POST', `/api/orders/${orderId}/cancel`)
    check(
      cancelled.status === 200,
      `Cancelling answered ${cancelled.status} ${JSON.stringify(cancelled.body)}`,
    )
    await buyer.until(orderId, 'CANCELLED', ({ status }) => status === 'CANCELLED')
    await released(productId, before)
    const again = await buyer.call('POST', `/api/orders/${orderId}/cancel`)
    check(again.status === 200, 'Cancelling twice is cancelling once')
    return 'CANCELLED, stock released once'
  },
}

const ROUNDS = 6

export const cancelRacingPayment: Flow = {
  name: 'cancel-racing-payment',
  tells: 'A cancel and a payment meet; exactly one wins, and money that lost goes back.',
  play: async ({ buyer, simulate, productWith, paidWithinMs }) => {
    const endings: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const { productId } = await productWith(1)
      const { orderId } = await buyer.place(productId)
      const { merchantPaymentId } = await buyer.payable(orderId)
      const paying = simulate('pay', { merchantPaymentId }).catch(() => undefined)
      // Together; then with the money already at the provider; then with the order already paid.
      if (round % 3 > 0) await paying
      if (round % 3 > 1) await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', paidWithinMs)
      const cancelled = await buyer.call('POST', `/api/orders/${orderId}/cancel`)
      await paying
      const ended = await buyer.until(orderId, 'one winner', isEnded, paidWithinMs)
      check(
        (ended.status === 'PAID' && cancelled.status === 409) ||
          (ended.status === 'CANCELLED' && cancelled.status === 200),
        `Cancel answered ${cancelled.status}, the order is ${ended.status}`,
      )
      endings.push(ended.status)
    }
    return endings.join(', ')
  },
}
