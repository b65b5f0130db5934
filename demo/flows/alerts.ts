import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { check, isEnded, type Flow, type Stage } from '../flow.ts'

const Alert = z.object({
  alertId: z.string(),
  rule: z.string(),
  severity: z.string(),
  status: z.string(),
  healedBy: z.string().optional(),
  facts: z.object({ paymentSuccessCount: z.int() }),
})
type Alert = z.infer<typeof Alert>
const Alerts = z.object({ items: z.array(Alert) })

const RAISED_WITHIN_MS = 30_000
/** The simulator settles a refund after three seconds; the shop looks every few. */
const HEALED_WITHIN_MS = 45_000
/** Two looks and the longest threshold of the flow's own shop: what is not told by then is not told at all. */
const QUIET_FOR_MS = 5_000

const alertsOf = async ({ staff }: Stage, orderId: string): Promise<readonly Alert[]> => {
  const { status, body } = await staff.call('GET', `/api/ops/alerts?orderId=${orderId}`)
  check(status === 200, `The alerts answered ${status} ${JSON.stringify(body)}`)
  return Alerts.parse(body).items
}

/** Waits for the one alert of a rule about an order, and for what is asked of it. */
const alerted = async (
  stage: Stage,
  orderId: string,
  rule: string,
  limitMs = RAISED_WITHIN_MS,
  holds: (alert: Alert) => boolean = () => true,
): Promise<Alert> => {
  const giveUpAtMs = Date.now() + limitMs
  for (;;) {
    const all = await alertsOf(stage, orderId)
    const [alert, ...others] = all.filter((one) => one.rule === rule)
    check(others.length === 0, `${others.length + 1} alerts of rule ${rule} about order ${orderId}`)
    if (alert !== undefined && holds(alert)) return alert
    check(
      Date.now() < giveUpAtMs,
      `No alert of rule ${rule} as expected about order ${orderId} within ${limitMs} ms: ${JSON.stringify(all)}`,
    )
    await pause(100)
  }
}

const healed = async (stage: Stage, orderId: string, rule: string): Promise<void> => {
  const { healedBy } = await alerted(
    stage,
    orderId,
    rule,
    HEALED_WITHIN_MS,
    ({ status }) => status === 'RESOLVED',
  )
  check(healedBy === 'surplus-refunded', `${rule} ended by ${healedBy}`)
}

const placed = async ({ buyer, productWith }: Stage) => {
  const { productId } = await productWith(10)
  const { orderId, amount } = await buyer.place(productId)
  const { merchantPaymentId, expiresAt } = await buyer.payable(orderId)
  return { orderId, amountMinor: amount.amountMinor, merchantPaymentId, expiresAt }
}

/** Asks for a fresh code once the provider's clock has run out by itself: a code lasts three seconds here. */
const renewedAfter = async (
  { buyer }: Stage,
  orderId: string,
  expiresAt: string | undefined,
): Promise<void> => {
  await buyer.until(orderId, 'the code’s end', () => Date.now() > Date.parse(String(expiresAt)), 6_000)
  const renewed = await buyer.call('POST', `/api/orders/${orderId}/payments`)
  check(renewed.status < 300, `Renewing answered ${renewed.status} ${JSON.stringify(renewed.body)}`)
}

const normal = async (stage: Stage): Promise<void> => {
  const { orderId, merchantPaymentId } = await placed(stage)
  await stage.simulate('pay', { merchantPaymentId, copies: 3 })
  await stage.buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', stage.askedWithinMs)
  await pause(QUIET_FOR_MS)
  const all = await alertsOf(stage, orderId)
  check(all.length === 0, `An order like any other raised ${JSON.stringify(all)}`)
}

/**
 * A foreign hand makes the checkout set the order aside when it has to make a new code. Then the first code is paid after
 * all: the money comes, and nobody makes the order PAID.
 */
const ruleA = async (stage: Stage): Promise<void> => {
  const { orderId, merchantPaymentId, expiresAt } = await placed(stage)
  await stage.foreignHand?.holdCheckout(orderId)
  await renewedAfter(stage, orderId, expiresAt)
  await alerted(stage, orderId, 'process-parked')
  await stage.simulate('pay', { merchantPaymentId, late: true })
  const { severity, facts } = await alerted(stage, orderId, 'A')
  check(severity === 'P2' && facts.paymentSuccessCount === 1, 'Rule A is P2, about one success')
  const { status } = await stage.buyer.order(orderId)
  check(status === 'WAITING_PAYMENT', `Nobody should have moved the order, and it is ${status}`)
}

/** Only a foreign hand can say that an order is paid of which no payment is on record. */
const ruleB = async (stage: Stage): Promise<void> => {
  const { orderId, ...attempt } = await placed(stage)
  await stage.foreignHand?.payUnseen(orderId, attempt)
  const { severity, facts } = await alerted(stage, orderId, 'B')
  check(severity === 'P2' && facts.paymentSuccessCount === 0, 'Rule B is P2, about no success')
}

/** A second code is paid, and then the first one after all. */
const double = async (stage: Stage): Promise<void> => {
  const { buyer, simulate, askedWithinMs } = stage
  const first = await placed(stage)
  const { orderId } = first
  await renewedAfter(stage, orderId, first.expiresAt)
  const { payment } = await buyer.until(
    orderId,
    'a fresh code',
    (order) =>
      order.payment?.url !== undefined && order.payment.merchantPaymentId !== first.merchantPaymentId,
  )
  await simulate('pay', { merchantPaymentId: payment?.merchantPaymentId })
  await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', askedWithinMs)
  await simulate('pay', { merchantPaymentId: first.merchantPaymentId, late: true })
  const { severity, facts } = await alerted(stage, orderId, 'C-double', HEALED_WITHIN_MS)
  check(severity === 'P1' && facts.paymentSuccessCount === 2, 'Rule C is P1, about two successes')
  await healed(stage, orderId, 'C-double')
}

const late = async (stage: Stage): Promise<void> => {
  const { orderId, merchantPaymentId } = await placed(stage)
  await stage.buyer.until(orderId, 'the window’s end', isEnded, 20_000)
  await stage.simulate('pay', { merchantPaymentId, late: true })
  const { severity } = await alerted(stage, orderId, 'C-late', HEALED_WITHIN_MS)
  check(severity === 'P1', 'Rule C is P1')
  await healed(stage, orderId, 'C-late')
}

const mismatch = async (stage: Stage): Promise<void> => {
  const { orderId, merchantPaymentId } = await placed(stage)
  const path = `/v2/codes/payments/${merchantPaymentId}`
  await stage.simulate('faults', { method: 'GET', path, kind: 'wrong-amount', times: 20 })
  await stage.simulate('pay', { merchantPaymentId })
  const { severity } = await alerted(stage, orderId, 'amount-mismatch')
  check(severity === 'P1', 'Another amount is P1')
  const { status } = await stage.buyer.order(orderId)
  check(status !== 'PAID', 'Another amount must not pay the order')
}

export const alerts: Flow = {
  name: 'alerts',
  tells:
    'Rules A, B, C (double and late) and another amount are told of, once each; an order like any other is not.',
  alerting: true,
  play: async (stage) => {
    const began = Date.now()
    const stories = { normal, ruleA, ruleB, double, late, mismatch }
    const played = await Promise.allSettled(Object.values(stories).map((story) => story(stage)))
    const failed = played.flatMap((one, index) =>
      one.status === 'rejected' ? [`${Object.keys(stories)[index]}: ${String(one.reason)}`] : [],
    )
    check(failed.length === 0, failed.join('\n'))
    return `A, B, C-double, C-late and amount-mismatch raised once each in ${Math.round((Date.now() - began) / 1_000)} s; both C healed by their refunds; the normal case is quiet`
  },
}
