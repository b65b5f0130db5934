/** Rules the pages have words for; one that is not among them is shown by its name. */
export const ALERT_RULES = [
  'A',
  'B',
  'C-double',
  'C-late',
  'amount-mismatch',
  'refund-stuck',
  'refund-rejected',
  'payment-unknown',
  'process-parked',
  'provider-refuses-credentials',
] as const

export interface Said {
  readonly code: string
  readonly params: readonly { readonly name: string; readonly value: string }[]
}

export interface Amount {
  readonly amountMinor: number
  readonly currency: string
}

/** The parameters by name, and among them the amount, where the statement or else the alert tells one. */
export const paramsOf = (
  { params }: Said,
  ofAlert: Amount | undefined,
): { readonly named: Readonly<Record<string, string>>; readonly amount: Amount | undefined } => {
  const named = Object.fromEntries(params.map(({ name, value }) => [name, value]))
  const amountMinor = Number(named.amountMinor)
  const { currency } = named
  return {
    named,
    amount: Number.isInteger(amountMinor) && currency !== undefined ? { amountMinor, currency } : ofAlert,
  }
}

/** For codes without words: as the log has it. */
export const asWritten = ({ code, params }: Said): string =>
  [code, ...params.map(({ name, value }) => `${name}: ${value}`)].join(' · ')

const JST_MS = 9 * 3_600_000

/** A moment to the second in both clocks that operators look at: `2026-11-21 12:05:09`. */
export const bothClocks = (time: string | number): { readonly utc: string; readonly jst: string } => {
  const atMs = new Date(time).getTime()
  const written = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
  return { utc: written(atMs), jst: written(atMs + JST_MS) }
}
