import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { signIn, type Buyer } from '../../demo/shop-client.ts'
import type { RunningShop } from './running-shop.ts'
import { expect } from './test.ts'

/** One word, so that it could pass for a code; no buyer may ever read it. */
export const STAFF_NOTE = 'note-for-staff-alone'

/** Somebody of the shop's staff, who acts beside the page. */
export const staffOf = (shop: RunningShop): Promise<Buyer> =>
  signIn(shop.url, `staff-${randomUUID()}@example.com`, ['operator'])

const Totals = z.object({ totals: z.object({ refundedMinor: z.number() }) })

/** All that PayPay has accepted to give back so far. */
export const refundedAtPayPay = async ({ simulatorUrl }: RunningShop): Promise<number> => {
  const asked = await fetch(`${simulatorUrl}/_sim/state?limit=1`)
  return Totals.parse(await asked.json()).totals.refundedMinor
}

/**
 * Lets PayPay give back whatever it has accepted, until the order's refund is among it: the shop calls a refund requested
 * before PayPay has heard of it.
 */
export const settleRefund = (shop: RunningShop, buyer: Buyer, orderId: string): Promise<void> =>
  expect
    .poll(
      async () => {
        await shop.simulate('refunds/settle')
        return (await buyer.order(orderId)).refunds?.map(({ status }) => status)
      },
      { timeout: 60_000 },
    )
    .toContain('COMPLETED')

/** Returns this much of a paid order, or all that is left. */
export const refundBy = async (
  staff: Buyer,
  orderId: string,
  more: { readonly amountMinor?: number; readonly returning?: 'all' },
): Promise<void> => {
  const { status, body } = await staff.call(
    'POST',
    `/api/ops/orders/${orderId}/refund`,
    { reason: STAFF_NOTE, ...more },
    { 'idempotency-key': randomUUID() },
  )
  expect(status, JSON.stringify(body)).toBe(202)
}
