/**
 * Everything that can go wrong in a run, each by the name under which it is counted when it really does. A fault that
 * is switched on but never strikes proves nothing, so a spec holds that over many seeds all of these were seen.
 */
export const SIGHTS = [
  'webhook: lost',
  'webhook: several times',
  'webhook: out of order',
  'webhook: more than a day late',
  'webhook: before the create answer',
  'webhook: malformed',
  'webhook: wrong amount',
  'webhook: forged',
  'webhook: not taken at the first try',
  'PayPay: 429',
  'PayPay: 401',
  'PayPay: 500',
  'PayPay: 503',
  'PayPay: request lost',
  'PayPay: done, and the answer lost',
  'PayPay: done, and answered with an error',
  'PayPay: refuses with TRANSACTION_FAILED',
  'PayPay: later than its time-out',
  'PayPay: away',
  'PayPay: names another amount',
  'PayPay: takes another amount',
  'PayPay: a buyer pays ahead of the create answer',
  'log: append lost',
  'log: append written, and the answer lost',
  'log: revision conflict',
  'log: read broken off',
  'log: subscription dropped',
  'log: slow consumer',
  'log: away',
  'read store: refuses',
  'read store: done, and the answer lost',
  'read store: fails in mid-batch',
  'read store: lost',
  'shop: killed before a call arrived',
  'shop: killed before an answer arrived',
  'shop: stopped in order',
  'shop: several instances',
  'shop: clocks seconds apart',
  'shop: a clock jumps by minutes',
  'wallet: an order is called off as it is paid',
  'staff: a refund is refused',
  'staff: twice at once with one id',
  'staff: twice at once with two ids',
  'staff: units come back',
] as const

export type Sight = (typeof SIGHTS)[number]

export type Saw = (sight: Sight) => void

/** Counts what happened in one run. */
export const sighting = (): { readonly saw: Saw; readonly counts: ReadonlyMap<Sight, number> } => {
  const counts = new Map<Sight, number>()
  return {
    saw: (sight) => {
      counts.set(sight, (counts.get(sight) ?? 0) + 1)
    },
    counts,
  }
}
