/** What was promised to buyers: a payment shows as PAID within this time. */
export const PROMISE_MS = 60_000

/**
 * Upper edges of the counted ranges, each inclusive; what is above the last is counted behind it. The promise is an
 * edge, so the share that kept it is exact.
 */
export const EDGES_MS: readonly number[] = [
  100,
  250,
  500,
  750,
  1_000,
  1_250,
  1_500,
  2_000,
  2_500,
  3_000,
  4_000,
  5_000,
  6_000,
  8_000,
  10_000,
  12_500,
  15_000,
  20_000,
  30_000,
  45_000,
  PROMISE_MS,
  90_000,
  2 * 60_000,
  5 * 60_000,
  15 * 60_000,
  60 * 60_000,
]

export interface SlowestOrder {
  readonly orderId: string
  readonly latencyMs: number
}

/** One hour of UTC, by when the orders became PAID. */
export interface PaymentLatencyHour {
  readonly hourStartsAtMs: number
  /** Orders per range of `EDGES_MS`, the last for what is above them all. */
  readonly counts: readonly number[]
  readonly withinPromise: number
  readonly slowest: SlowestOrder
}

const HOUR_MS = 3_600_000

/** The start of the hour of UTC that this moment lies in. */
export const hourOf = (atMs: number): number => atMs - (atMs % HOUR_MS)

/** `2026-11-21T08`. */
export const hourId = (atMs: number): string => new Date(hourOf(atMs)).toISOString().slice(0, 13)

/** The documents' ids of all hours from `fromMs` up to, not including, `toMs`. */
export const hourIdsBetween = (fromMs: number, toMs: number): string[] => {
  const ids: string[] = []
  for (let atMs = hourOf(fromMs); atMs < toMs; atMs += HOUR_MS) ids.push(hourId(atMs))
  return ids
}
