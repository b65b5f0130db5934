import { z } from 'zod'
import type { Attempt } from './attempt.ts'
import { japaneseTimestamp } from './japan-time.ts'
import type { Announcement } from './transitions.ts'

/** One webhook as PayPay would write it: the raw body, and whom it is about. */
export interface Notification {
  merchantPaymentId: string
  state: string
  body: Buffer
}

/** Field set, order and formats of an instant sale as captured: the amount is a string, the time is Japan's. */
export function notificationOf(
  attempt: Attempt,
  state: Announcement,
  atMs: number,
  merchantId: string,
): Notification {
  const body = {
    notification_type: 'Transaction',
    store_id: attempt.request.storeId ?? '',
    paid_at: state === 'COMPLETED' ? japaneseTimestamp(atMs) : null,
    merchant_order_id: attempt.merchantPaymentId,
    pos_id: attempt.request.terminalId ?? '',
    order_amount: String(attempt.request.amountMinor),
    merchant_id: merchantId,
    state,
    order_id: attempt.payment.state === 'none' ? '' : attempt.payment.paymentId,
  }
  return { merchantPaymentId: attempt.merchantPaymentId, state, body: Buffer.from(JSON.stringify(body)) }
}

export const corruptions = [
  'truncated',
  'not-json',
  'bad-utf8',
  'duplicate-keys',
  'large',
  'number-amount',
  'wrong-amount',
  'utc-times',
  'missing-state',
  'unknown-state',
  'unknown-type',
  'empty-merchant-order-id',
  'extra-fields',
] as const

export type Corruption = (typeof corruptions)[number]

type Fields = Record<string, unknown>

const altered = (change: (fields: Fields) => Fields) => (body: Buffer) => {
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString('utf8')))
  return Buffer.from(JSON.stringify({ ...fields, ...change(fields) }))
}

const appended = (body: Buffer, ...ending: (string | Uint8Array)[]) =>
  Buffer.concat([body.subarray(0, -1), ...ending.map((part) => Buffer.from(part))])

const ways: Record<Corruption, (body: Buffer) => Buffer> = {
  truncated: (body) => body.subarray(0, Math.floor(body.length / 2)),
  'not-json': () => Buffer.from('notification_type=Transaction&state=COMPLETED'),
  'bad-utf8': (body) => appended(body, ',"store_id":"', Uint8Array.of(0xc3, 0x28), '"}'),
  'duplicate-keys': (body) => appended(body, ',"state":"FAILED","order_amount":"1"}'),
  large: altered(() => ({ padding: 'x'.repeat(1_048_576) })),
  'number-amount': altered(({ order_amount: amount }) => ({ order_amount: Number(amount) })),
  'wrong-amount': altered(({ order_amount: amount }) => ({ order_amount: String(Number(amount) + 1) })),
  'utc-times': altered(({ paid_at: paidAt }) => ({ paid_at: inUtc(paidAt) })),
  'missing-state': altered(() => ({ state: undefined })),
  'unknown-state': altered(() => ({ state: 'SOMETHING_NEW' })),
  'unknown-type': altered(() => ({ notification_type: 'SomethingNew' })),
  'empty-merchant-order-id': altered(() => ({ merchant_order_id: '' })),
  'extra-fields': altered(() => ({ expires_at: null, authorized_at: null, brand_new: { nested: [1, 2] } })),
}

/** The body a careless or changed sender might have sent instead. */
export function corrupt(body: Buffer, how: Corruption): Buffer {
  return ways[how](body)
}

function inUtc(timestamp: unknown): unknown {
  return typeof timestamp === 'string' ? new Date(timestamp).toISOString().replace(/\.\d+/, '') : timestamp
}
