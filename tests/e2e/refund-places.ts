import { ofOrder, paid, type Deed } from './order-places.ts'
import { refundBy, refundedAtPayPay, staffOf } from './refunds.ts'
import { title, type Place } from './stage.ts'
import { expect } from './test.ts'

const PART_MINOR = 300
/** There are many of them: each look at each of these pages buys one, and most do not come back. */
const TOWEL = ['face-towel-imabari', 1] as const
/** As long as the simulator takes when nobody says otherwise. */
const USUAL_SETTLE_MS = 3_000

/** A paid order of which staff return so much; all of it when nothing is said. PayPay takes its time for it, or none. */
const refunded =
  (amountMinor: number | undefined, refundSettleMs: number | null): Deed =>
  async (stage, buyer, orderId) => {
    await paid(stage, buyer, orderId)
    const before = await refundedAtPayPay(stage.shop)
    await stage.shop.simulate('knobs', { refundSettleMs })
    await refundBy(await staffOf(stage.shop), orderId, amountMinor === undefined ? {} : { amountMinor })
    const isAwaited = refundSettleMs === null ? 'REQUESTED' : 'COMPLETED'
    await buyer.until(orderId, isAwaited, ({ refunds }) => refunds?.[0]?.status === isAwaited, 60_000)
    // How long a refund takes is decided when PayPay accepts it, which is after the shop has said REQUESTED.
    await expect.poll(() => refundedAtPayPay(stage.shop), { timeout: 60_000 }).toBeGreaterThan(before)
    await stage.shop.simulate('knobs', { refundSettleMs: USUAL_SETTLE_MS })
  }

const rejected: Deed = async (stage, buyer, orderId) => {
  await paid(stage, buyer, orderId)
  await stage.shop.simulate('faults', {
    method: 'POST',
    path: '/v2/refunds',
    kind: 'refuse',
    code: 'REFUND_LIMIT_EXCEEDED',
    // A surplus payment of another order may be on its way back in this moment and meet the fault first.
    times: 100,
  })
  await refundBy(await staffOf(stage.shop), orderId, {})
  await buyer.until(orderId, 'rejected', ({ refunds }) => refunds?.[0]?.status === 'REJECTED', 60_000)
  await stage.shop.simulate('faults/clear', {})
}

/** A paid order whose money goes back because the shop wants it to. */
export const REFUNDS: readonly Place[] = [
  {
    name: 'order-refund-requested',
    path: ofOrder('', refunded(PART_MINOR, null), TOWEL),
    shows: (page, t) => page.getByText(t('orders.refunds.REQUESTED.word'), { exact: true }),
  },
  {
    name: 'order-partly-refunded',
    path: ofOrder('', refunded(PART_MINOR, 0), TOWEL),
    shows: (page, t) => page.getByText(t('orders.refund.partly'), { exact: true }),
  },
  {
    name: 'order-refund-rejected',
    path: ofOrder('', rejected, TOWEL),
    shows: (page, t) => page.getByText(t('orders.refunds.REJECTED.word'), { exact: true }),
  },
  {
    name: 'order-refunded',
    path: ofOrder('', refunded(undefined, 0), TOWEL),
    shows: (page, t) => page.getByText(t('orders.timeline.refund.full')),
  },
  {
    name: 'result-refunded-by-shop',
    path: ofOrder('/result', refunded(undefined, 0), TOWEL),
    shows: (page, t) => title(page, t('payment.result.refunded.title')),
  },
  {
    name: 'receipt-partly-refunded',
    path: ofOrder('/receipt', refunded(PART_MINOR, 0), TOWEL),
    shows: (page, t) => page.getByText(t('orders.receipt.refunded', { amount: '¥300' })),
  },
]
