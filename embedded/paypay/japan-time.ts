/** Japan has had one offset and no daylight saving since 1951, so arithmetic suffices. */
const JST_OFFSET_MS = 9 * 3_600_000
const DAY_MS = 86_400_000

/** Midnight, Japan time, of the day that contains the instant. */
export function startOfDayMs(atMs: number): number {
  return Math.floor((atMs + JST_OFFSET_MS) / DAY_MS) * DAY_MS - JST_OFFSET_MS
}

/** The first instant at which a payment can no longer be cancelled: 00:15:00 JST on the day after. */
export function cancelWindowEndsMs(paidAtMs: number): number {
  return startOfDayMs(paidAtMs) + DAY_MS + 15 * 60_000
}

/** The first instant at which a payment can no longer be refunded: the end of day 365 after it. */
export function refundWindowEndsMs(paidAtMs: number): number {
  return startOfDayMs(paidAtMs) + 366 * DAY_MS
}

/** As webhooks write it: `2026-11-21T06:54:06+09:00`. */
export function japaneseTimestamp(atMs: number): string {
  return `${new Date(atMs + JST_OFFSET_MS).toISOString().slice(0, 19)}+09:00`
}

/** As the daily file writes it: `2026-11-21 06:54:06`, Japan's time. */
export function japaneseClockTime(atMs: number): string {
  return new Date(atMs + JST_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** The calendar day in Japan, as in file names: `20261121`. */
export function japaneseDay(atMs: number): string {
  return new Date(atMs + JST_OFFSET_MS).toISOString().slice(0, 10).replaceAll('-', '')
}
