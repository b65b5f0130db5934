import { describe, expect, it } from 'vitest'
import { AlertRule } from '../alert/rules.ts'
import type { AlertEvent } from '../alert/events.ts'
import { money } from '../money/money.ts'
import type { OrderEvent } from '../order/events.ts'
import * as order from '../order/samples.ts'
import type { PaymentEvent } from '../payment/events.ts'
import { failedAs, observed, orphaned, refundCompleted, refundRejected, saying } from '../payment/samples.ts'
import { FACT_TYPES, foldFacts, NO_FACTS, type Facts, type Told } from './facts.ts'
import { alertFactsOf, healedAlerts, occurrencesIn, suspectFromMs, unalerted } from './judging.ts'
import { USUAL_THRESHOLDS } from './occurrence.ts'
import { INCONSISTENCY_RULES, thresholdOf } from './rules.ts'

const { total } = order
const first = order.attemptId(1)
const second = order.attemptId(2)

type Line = readonly [stream: string, event: OrderEvent | PaymentEvent | AlertEvent]
const o = (event: OrderEvent): Line => [`order-${order.orderId}`, event]
const p = (event: PaymentEvent, attempt = 1): Line => [`payment-${order.attemptId(attempt)}`, event]
const succeeded = (attempt = 1, amount = total): Line =>
  p(
    {
      type: 'PaymentSucceeded',
      data: {
        paymentId: `0413780867040527000${attempt}`,
        amount,
        succeededAtMs: 7,
        source: 'webhook',
        atMs: 8,
      },
    },
    attempt,
  )
const refund = (refundId: string, amountMinor = total.amountMinor): PaymentEvent => ({
  type: 'RefundRequested',
  data: { refundId, amount: money(amountMinor, 'JPY'), reason: 'r', atMs: 1 },
})

/** Events one second apart, the first at second one; their ids tell where they stand. */
const factsAfter = (...lines: readonly Line[]): Facts =>
  lines
    .map(([stream, event], index): Told => ({
      ...event,
      stream,
      id: `e${index + 1}`,
      createdAtMs: (index + 1) * 1_000,
    }))
    .reduce(foldFacts, NO_FACTS)

/** What the facts show of one rule: subject, trigger, and why it is over. */
const shown = (rule: string, facts: Facts) =>
  occurrencesIn(facts)
    .filter((found) => found.rule.id === rule)
    .map(({ occurrence: { subject, triggerEventId, healed } }) =>
      [subject, triggerEventId, healed ?? 'lasts'].join(' '),
    )

const placed = o(order.placed)
const paid = o(order.paid(1))
const failed = o(order.failed)

describe.each<[rule: string, what: string, lines: readonly Line[], expected: readonly string[]]>([
  ['A', 'a success that nobody judged', [placed, succeeded()], [`${first} e2 lasts`]],
  ['A', 'a success of an order nobody placed', [succeeded()], [`${first} e1 lasts`]],
  ['A', 'a success the order took', [placed, succeeded(), paid], [`${first} e2 order-paid`]],
  [
    'A',
    'a success the order could not take',
    [placed, failed, succeeded(), o(order.surplus('LATE', 1))],
    [`${first} e3 surplus-recorded`],
  ],
  [
    'A',
    'a success that was given back unjudged',
    [placed, succeeded(), p(refund('r1')), p(refundCompleted('r1'))],
    [`${first} e2 money-returned`],
  ],
  ['A', 'an observation without a success', [placed, p(observed(saying('CREATED')))], []],
  ['B', 'a paid order without a success', [placed, paid], [`${first} e2 lasts`]],
  [
    'B',
    'a success that is recorded after the order',
    [placed, paid, succeeded()],
    [`${first} e2 payment-recorded`],
  ],
  [
    'B',
    'a provider that takes its word back',
    [placed, succeeded(), paid, p(observed(saying('FAILED')))],
    [`${first} e3 payment-recorded`, `${first} e4 lasts`],
  ],
  [
    'B',
    'a provider that confirms again',
    [placed, succeeded(), paid, p(observed(saying('CANCELED'))), p(observed(saying('COMPLETED')))],
    [`${first} e3 payment-recorded`, `${first} e4 provider-confirms-payment`],
  ],
  [
    'B',
    'a failure that is our own refund',
    [placed, succeeded(), paid, p(refund('r1')), p(observed(saying('CANCELED')))],
    [`${first} e3 payment-recorded`],
  ],
  [
    'B',
    'a failure that is our own cancel',
    [placed, p(orphaned), succeeded(), paid, p(observed(saying('CANCELED')))],
    [`${first} e4 payment-recorded`],
  ],
  [
    'B',
    'an unknown word after a success',
    [placed, succeeded(), paid, p(observed(saying('PONDERING')))],
    [`${first} e3 payment-recorded`],
  ],
  [
    'C-double',
    'two successes',
    [placed, succeeded(1), paid, succeeded(2), o(order.surplus('DOUBLE', 2))],
    [`${second} e5 lasts`],
  ],
  [
    'C-double',
    'two successes, half of the second given back',
    [
      placed,
      succeeded(1),
      paid,
      succeeded(2),
      o(order.surplus('DOUBLE', 2)),
      p(refund('r1', 1), 2),
      p(refundCompleted('r1'), 2),
    ],
    [`${second} e5 lasts`],
  ],
  [
    'C-double',
    'two successes, the second given back',
    [
      placed,
      succeeded(1),
      paid,
      succeeded(2),
      o(order.surplus('DOUBLE', 2)),
      p(refund('r1'), 2),
      p(refundCompleted('r1'), 2),
    ],
    [`${second} e5 surplus-refunded`],
  ],
  [
    'C-late',
    'a success after the end',
    [placed, failed, succeeded(), o(order.surplus('LATE', 1))],
    [`${first} e4 lasts`],
  ],
  ['C-late', 'a success in time', [placed, succeeded(), paid], []],
  [
    'amount-mismatch',
    'another amount',
    [placed, succeeded(1, money(1, 'JPY')), o(order.surplus('MISMATCHED', 1, money(1, 'JPY')))],
    [`${first} e3 lasts`],
  ],
  ['refund-stuck', 'an open refund', [placed, succeeded(), paid, p(refund('r1'))], ['r1 e4 lasts']],
  [
    'refund-stuck',
    'a refund that was done',
    [placed, succeeded(), paid, p(refund('r1')), p(refundCompleted('r1'))],
    ['r1 e4 refund-completed'],
  ],
  [
    'refund-stuck',
    'a refund that was refused',
    [placed, succeeded(), paid, p(refund('r1')), p(refundRejected('r1'))],
    ['r1 e4 refund-rejected'],
  ],
  [
    'refund-rejected',
    'a refused refund',
    [placed, succeeded(), paid, p(refund('r1')), p(refundRejected('r1'))],
    ['r1 e5 lasts'],
  ],
  [
    'refund-rejected',
    'a refused refund that a later one makes up for',
    [
      placed,
      succeeded(),
      paid,
      p(refund('r1', 5)),
      p(refundRejected('r1')),
      p(refund('r2', 5)),
      p(refundCompleted('r2')),
    ],
    ['r1 e5 money-returned'],
  ],
  [
    'refund-rejected',
    'a refused refund that a smaller one does not make up for',
    [
      placed,
      succeeded(),
      paid,
      p(refund('r1', 5)),
      p(refundRejected('r1')),
      p(refund('r2', 4)),
      p(refundCompleted('r2')),
    ],
    ['r1 e5 lasts'],
  ],
  ['payment-unknown', 'an order that is open', [placed], [`${order.orderId} e1 lasts`]],
  [
    'payment-unknown',
    'an order that is paid',
    [placed, succeeded(), paid],
    [`${order.orderId} e1 order-paid`],
  ],
  [
    'payment-unknown',
    'an order that failed',
    [placed, p(failedAs('FAILED')), failed],
    [`${order.orderId} e1 order-failed`],
  ],
])('rule %s', (rule, what, lines, expected) => {
  it(`sees ${what}`, () => {
    expect(shown(rule, factsAfter(...lines))).toStrictEqual(expected)
  })
})

describe('rules about what stands still', () => {
  it('see parked keys and refused credentials, which others keep', () => {
    const facts: Facts = {
      ...NO_FACTS,
      parked: { 'checkout/k': { process: 'checkout', key: 'k', eventId: 'e1', atMs: 1 } },
      refusing: { paypay: { eventId: 'e2', atMs: 2 } },
    }
    expect(shown('process-parked', facts)).toStrictEqual(['checkout/k e1 lasts'])
    expect(shown('provider-refuses-credentials', facts)).toStrictEqual(['paypay e2 lasts'])
  })
})

describe('the table of rules', () => {
  it('has every rule an alert may name, once', () => {
    expect(INCONSISTENCY_RULES.map(({ id }) => id).toSorted()).toStrictEqual(AlertRule.options.toSorted())
  })

  it('waits only where something may come right by itself', () => {
    const waits = INCONSISTENCY_RULES.map((rule) => [rule.id, thresholdOf(rule, USUAL_THRESHOLDS) / 1_000])
    expect(Object.fromEntries(waits)).toStrictEqual({
      A: 30,
      B: 30,
      'C-double': 0,
      'C-late': 0,
      'amount-mismatch': 0,
      'refund-stuck': 86_400,
      'refund-rejected': 0,
      'payment-unknown': 900,
      'process-parked': 0,
      'provider-refuses-credentials': 30,
    })
  })
})

const raised = (facts: Facts, rule: string): Facts => {
  const about = unalerted(facts).find((found) => found.rule.id === rule)
  if (about === undefined) throw new Error(`Nothing calls for ${rule}`)
  const { subject, triggerEventId } = about.occurrence
  const alert = { rule, severity: about.rule.severity, subject, triggerEventId, isOpen: true }
  return { ...facts, alerts: { ...facts.alerts, a1: alert } }
}

describe('a case', () => {
  const late = [placed, failed, succeeded(), o(order.surplus('LATE', 1))]
  const returned = [...late, p(refund('r1')), p(refundCompleted('r1'))]

  it('is no suspect while all is well, and from its window’s end on while it is open', () => {
    const open = factsAfter(placed)
    expect(suspectFromMs(open)).toBe(open.order?.windowEndsAtMs)
    expect(suspectFromMs(factsAfter(placed, succeeded(), paid))).toBeUndefined()
    expect(suspectFromMs(factsAfter(placed, failed))).toBeUndefined()
    expect(suspectFromMs(factsAfter(placed, succeeded()))).toBe(1)
  })

  it('calls for an alert about surplus also when the money is back by then, and for none about what healed in time', () => {
    expect(unalerted(factsAfter(...returned)).map(({ rule }) => rule.id)).toStrictEqual(['C-late'])
    expect(unalerted(factsAfter(placed, succeeded(), paid))).toStrictEqual([])
  })

  it('calls for no second alert about the same, open or resolved', () => {
    const told = raised(factsAfter(...returned), 'C-late')
    expect(unalerted(told)).toStrictEqual([])
    const alert = told.alerts['a1']
    if (alert === undefined) throw new Error('It was raised')
    const resolved = { ...told, alerts: { a1: { ...alert, isOpen: false } } }
    expect(unalerted(resolved)).toStrictEqual([])
    expect(suspectFromMs(told)).toBe(1)
    expect(suspectFromMs(resolved)).toBeUndefined()
  })

  it('has healed alerts once the money is back, and when what they were about is gone', () => {
    expect(healedAlerts(raised(factsAfter(...late), 'C-late'))).toStrictEqual([])
    expect(healedAlerts(raised(factsAfter(...returned), 'C-late'))).toStrictEqual([
      { alertId: 'a1', triggerEventId: 'e4', reason: 'surplus-refunded' },
    ])
    const denied = raised(factsAfter(placed, succeeded(), paid, p(observed(saying('FAILED')))), 'B')
    const then = (facts: Facts, status: string, id: string): Facts =>
      foldFacts(facts, { ...observed(saying(status)), id, stream: `payment-${first}`, createdAtMs: 9_000 })
    // The provider denies it in other words, or from another question: the same alert is still about it.
    const inOtherWords = then(denied, 'EXPIRED', 'e9')
    expect(healedAlerts(inOtherWords)).toStrictEqual([])
    expect(unalerted(inOtherWords)).toStrictEqual([])
    const anew = then(then(inOtherWords, 'COMPLETED', 'e10'), 'EXPIRED', 'e11')
    expect(healedAlerts(anew)).toMatchObject([{ reason: 'superseded' }])
    expect(unalerted(anew)).toMatchObject([{ occurrence: { triggerEventId: 'e11' } }])
    const { a1 } = denied.alerts
    if (a1 === undefined) throw new Error('It was raised')
    const foreign = { a1: { ...a1, rule: 'of-a-later-build' } }
    expect(healedAlerts({ ...denied, alerts: foreign })).toStrictEqual([])
  })

  it('tells its amounts and times', () => {
    const facts = factsAfter(placed, succeeded(1), paid, succeeded(2), o(order.surplus('DOUBLE', 2)))
    const [found] = unalerted(facts)
    if (found === undefined) throw new Error('It was paid twice')
    expect(alertFactsOf(facts, found.occurrence)).toStrictEqual({
      orderStatus: 'PAID',
      orderTotal: total,
      orderConfirmedAtMs: 3_000,
      paymentSucceededAtMs: 7,
      paymentSuccessCount: 2,
      captured: money(2 * total.amountMinor, 'JPY'),
      refunded: money(0, 'JPY'),
    })
  })

  it('is changed by the listed types of events and by no other', () => {
    expect(new Set(FACT_TYPES).size).toBe(FACT_TYPES.length)
    const before = factsAfter(placed, succeeded(), paid)
    expect(foldFacts(before, { ...failedAs('X'), id: 'x', stream: `payment-${first}`, createdAtMs: 1 })).toBe(
      before,
    )
  })
})
