/**
 * How one intention to buy becomes one order, whatever is pressed, lost, reloaded or opened twice.
 *
 * The browser keeps one record, shared by its tabs, with nothing personal in it. The Idempotency-Key is made when "Place
 * order" is first pressed and written down *before* the request leaves. From then on every press of every tab uses that
 * key, also when the content changed meanwhile, until the shop has said what became of it. The shop derives the order's id
 * from customer and key, so one key can never become two orders; a key with other content is refused by it, not obeyed.
 *
 * - Double press: the button is busy and one request is out. Were two out, both would answer the same order.
 * - The answer is lost (network, time-out, 5xx): the record stays. The next press, also after a reload, repeats the same
 *   key: the shop answers the order it already has, or places it now.
 * - Refused for good (a field, a price, a product): nothing was placed under the key, so using it again is harmless. An
 *   earlier request with it that is still on its way can only become that same order.
 * - Two tabs press at once: they take turns (`one-tab.ts`), because what one writes reaches the other only a moment later.
 *   By its turn the second finds the cart emptied, or the record with its key. Same content: both get the same order.
 *   Other content, such as another address: the second is told that the first was placed, and asked.
 * - One tab has placed it, the other presses: the cart was emptied *before* the record turned to `placed`, and a press
 *   looks at the stored cart first, so it finds either the same key or an empty cart.
 * - The tab dies after the order was placed and before the cart was emptied: cart and record are still there, and the next
 *   press leads to that order.
 * - It dies between emptying and `placed`: the next, different cart meets the old key, is told of the earlier order and
 *   asked. Once the time to pay for that one is over, the record means nothing any more and a new key is made.
 */
export type OrderRecord =
  | {
      readonly state: 'pending'
      readonly key: string
      readonly fingerprint: string
      readonly atMs: number
      /** Every request with this key was refused for good so far: the buyer need not be told to wonder. */
      readonly isRefused?: boolean | undefined
      /** How the last request wanted to pay, so that the same content can be sent again after a reload. */
      readonly method?: 'PAYPAY' | 'WALLET' | undefined
    }
  | { readonly state: 'placed'; readonly orderId: string; readonly atMs: number }

export const ORDER_RECORD_KEY = 'kessai.checkout'

/** What was ordered at which total: enough to know the same cart again, and nothing about a person. */
export const fingerprintOf = (
  items: readonly { readonly productId: string; readonly quantity: number }[],
  totalMinor: number,
): string => `${items.map(({ productId, quantity }) => `${productId}*${quantity}`).join(',')}=${totalMinor}`

/** Beyond the time an order waits for its payment; until then the earlier order might still be paid. */
const MARGIN_MS = 5 * 60_000

/** The record as it counts now: one that is too old to matter is none. */
export const validRecord = (
  text: string | null,
  nowMs: number,
  paymentWindowMs: number,
): OrderRecord | undefined => {
  const record = parsed(text)
  if (record === undefined) return undefined
  const ageMs = nowMs - record.atMs
  return ageMs >= 0 && ageMs <= paymentWindowMs + MARGIN_MS ? record : undefined
}

/**
 * The record to send with: a pending one is used again, whatever the content is by now. Its age counts from the last
 * request, because that one may be what the shop places.
 */
export const recordFor = (
  known: OrderRecord | undefined,
  fingerprint: string,
  nowMs: number,
  newKey: () => string,
): Extract<OrderRecord, { state: 'pending' }> =>
  known?.state === 'pending'
    ? { ...known, atMs: nowMs, isRefused: false }
    : { state: 'pending', key: newKey(), fingerprint, atMs: nowMs }

/** Whether an earlier request may have become an order that nobody has told the buyer of. */
export const isUnsure = (record: OrderRecord | undefined): boolean =>
  record?.state === 'pending' && record.isRefused !== true

/** After a refusal for good. A request before it whose answer was lost may still arrive, so that stays unsure. */
export const refusedRecord = (sent: OrderRecord, before: OrderRecord | undefined): OrderRecord =>
  sent.state === 'pending' && !isUnsure(before) ? { ...sent, isRefused: true } : sent

/** 128 random bits. Not `randomUUID`, which plain-http pages do not have. */
export const newOrderKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const parsed = (text: string | null): OrderRecord | undefined => {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { state, key, fingerprint, orderId, atMs, isRefused, method } = membersOf(value)
    if (typeof atMs !== 'number') return undefined
    if (state === 'placed' && typeof orderId === 'string' && ORDER_ID.test(orderId))
      return { state, orderId, atMs }
    if (state === 'pending' && typeof key === 'string' && KEY.test(key) && typeof fingerprint === 'string')
      return {
        state,
        key,
        fingerprint,
        atMs,
        ...(isRefused === true ? { isRefused } : {}),
        ...(method === 'PAYPAY' || method === 'WALLET' ? { method } : {}),
      }
  } catch {
    // What cannot be read is no record.
  }
  return undefined
}

const membersOf = (value: object): Readonly<Record<string, unknown>> => ({ ...value })

const KEY = /^[0-9a-f]{32}$/
const ORDER_ID = /^[0-9a-f-]{36}$/
