import { z } from 'zod'
import { AlertSeverity } from '#domain/alert/rules.ts'
import { Statement } from '#domain/alert/events.ts'
import { OrderId } from '#domain/ids.ts'
import { Money } from '#domain/money/money.ts'

const alert = {
  alertId: z
    .uuid()
    .describe('Derived from the rule, the order and the event that broke it: a replay has the same.'),
  rule: z
    .string()
    .max(64)
    .describe('The rule’s name. New ones may come; treat an unknown one by its severity.'),
  severity: AlertSeverity.describe(
    'P1: money is wrong now. P2: it may become so, or something stands still.',
  ),
  orderId: OrderId.optional().describe('The key of the message too. Absent for what concerns no order.'),
}

const Said = Statement.describe('A code and its parameters; the words are the reader’s.')

/** The shop found something that a person must know of. */
export const AlertRaised = z
  .object({
    ...alert,
    subject: z.string().max(300).describe('What it is about: an attempt, a refund, a process, a provider.'),
    detectedAt: z.iso.datetime().describe('When the shop found it.'),
    facts: z
      .object({
        orderStatus: z.string().max(32).optional(),
        orderConfirmedAt: z.iso.datetime().optional().describe('When the order was recorded as paid.'),
        paymentSucceededAt: z.iso.datetime().optional().describe('When the provider took the money.'),
        paymentSuccessCount: z.int().nonnegative().optional().describe('Distinct payments that succeeded.'),
        orderTotal: Money.optional().describe('What the order asked for.'),
        captured: Money.optional().describe('What the provider took for it in all.'),
        refunded: Money.optional().describe('What of that has gone back.'),
      })
      .describe('What the log said then.'),
    observed: Said.describe('What is so.'),
    expected: Said.describe('What should be so instead.'),
    source: z.string().max(100).describe('By which way the event came that broke the rule.'),
    triggerEventId: z
      .string()
      .describe('The event in which it began, which may be a message’s `ce_id` here.'),
    amount: Money.optional().describe('The money it is about.'),
  })
  .describe('Orders and payments disagree, or something stands still: a person must know. Once per alert.')
export type AlertRaised = z.infer<typeof AlertRaised>

/** Somebody looks into it. */
export const AlertAcknowledged = z
  .object({ ...alert, at: z.iso.datetime() })
  .describe('Somebody took notice and looks into it.')
export type AlertAcknowledged = z.infer<typeof AlertAcknowledged>

/** The alert is over. */
export const AlertResolved = z
  .object({
    ...alert,
    resolvedBy: z
      .enum(['healed', 'staff'])
      .describe('healed: the log says that what was wrong no longer is.'),
    reason: z.string().max(64).optional().describe('Only with healed: a code, such as order-paid.'),
    at: z.iso.datetime(),
  })
  .describe('The alert is over. An alert is never opened again.')
export type AlertResolved = z.infer<typeof AlertResolved>
