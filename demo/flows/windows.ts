import { check, isEnded, type Flow } from '../flow.ts'

export const lapsedAndRenewed: Flow = {
  name: 'code-lapsed-and-renewed',
  tells: 'The code runs out; the buyer takes a fresh one inside the window and pays it.',
  quick: true,
  play: async ({ buyer, simulate, productWith, paidWithinMs }) => {
    const { productId } = await productWith(1)
    const { orderId } = await buyer.place(productId)
    const first = await buyer.payable(orderId)
    // The provider's clock runs out by itself: the code lasts three seconds here.
    await buyer.until(
      orderId,
      'the code’s end',
      () => Date.now() > Date.parse(String(first.expiresAt)),
      6_000,
    )
    const renewed = await buyer.call('POST', `/api/orders/${orderId}/payments`)
    check(renewed.status < 300, `Renewing answered ${renewed.status} ${JSON.stringify(renewed.body)}`)
    const { payment } = await buyer.until(
      orderId,
      'a fresh code',
      (order) =>
        order.payment?.url !== undefined && order.payment.merchantPaymentId !== first.merchantPaymentId,
    )
    check(payment !== undefined, 'No fresh code')
    await simulate('pay', { merchantPaymentId: payment.merchantPaymentId })
    await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', paidWithinMs)
    return `PAID with the second code`
  },
}

export const windowOver: Flow = {
  name: 'window-over',
  tells: 'Nobody pays; at the window’s end the shop asks once more, fails the order and frees the stock.',
  quick: true,
  play: async ({ buyer, productWith, available, released, simulate }) => {
    const { productId } = await productWith(1)
    const before = await available(productId)
    const { orderId } = await buyer.place(productId)
    const { merchantPaymentId } = await buyer.payable(orderId)
    const failed = await buyer.until(orderId, 'the window’s end', isEnded, 20_000)
    check(
      failed.status === 'FAILED' && failed.failureReason === 'PAYMENT_EXPIRED',
      `It is ${JSON.stringify(failed)}`,
    )
    await released(productId, before)
    await simulate('pay', { merchantPaymentId, late: true })
    const after = await buyer.until(
      orderId,
      'the late money’s refund',
      ({ surplus }) => surplus?.[0]?.refund === 'COMPLETED',
      90_000,
    )
    check(after.status === 'FAILED', 'A late payment must not revive the order')
    return 'FAILED (PAYMENT_EXPIRED), stock released, late money refunded'
  },
}
