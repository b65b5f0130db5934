import { z } from 'zod'

/**
 * What an operator is told of. The letters are those of the promise to the shop: money without a paid order (A), a paid
 * order without money (B), money an order cannot take (C). When each is violated and healed stands in one table,
 * `domain/inconsistency/rules.ts`.
 */
export const AlertRule = z.enum([
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
])
export type AlertRule = z.infer<typeof AlertRule>

/** P1 is money that is wrong now; P2 is something that may become so, or that stands still. */
export const AlertSeverity = z.enum(['P1', 'P2'])
export type AlertSeverity = z.infer<typeof AlertSeverity>
