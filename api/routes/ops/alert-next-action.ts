import { AlertRule } from '#domain/alert/rules.ts'

/** What is to be done next, as a code; the pages and the runbook have the words for each. */
export const NEXT_ACTIONS = [
  'unblock-checkout',
  'hold-shipment-and-ask-provider',
  'watch-refund-and-tell-buyer',
  'stop-selling-and-compare-amounts',
  'ask-provider-about-refund',
  'refund-again-or-by-hand',
  'see-whether-provider-answers',
  'mend-and-replay',
  'check-clock-and-credentials',
  'read-the-log',
  'none',
] as const
export type NextAction = (typeof NEXT_ACTIONS)[number]

const BY_RULE: Readonly<Record<AlertRule, NextAction>> = {
  A: 'unblock-checkout',
  B: 'hold-shipment-and-ask-provider',
  'C-double': 'watch-refund-and-tell-buyer',
  'C-late': 'watch-refund-and-tell-buyer',
  'amount-mismatch': 'stop-selling-and-compare-amounts',
  'refund-stuck': 'ask-provider-about-refund',
  'refund-rejected': 'refund-again-or-by-hand',
  'payment-unknown': 'see-whether-provider-answers',
  'process-parked': 'mend-and-replay',
  'provider-refuses-credentials': 'check-clock-and-credentials',
}

/** Nothing is left to do for what is resolved; of a rule this build does not know only the log can tell. */
export const nextActionOf = ({
  rule,
  status,
}: {
  readonly rule: string
  readonly status: string
}): NextAction => {
  if (status === 'RESOLVED') return 'none'
  const known = AlertRule.safeParse(rule)
  return known.success ? BY_RULE[known.data] : 'read-the-log'
}
