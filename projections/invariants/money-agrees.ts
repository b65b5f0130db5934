import { sameMoney, type Money } from '#domain/money/money.ts'
import type { Observation } from '#domain/payment/events.ts'
import { verdictOf } from '#domain/payment/verdict.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type Finding, type KeyedRule } from './rule.ts'

/** One attempt in three books: what the provider said of it, what we booked of that, what the order took it for. */
interface Attempt {
  /** What the provider said it took; zero once it said that it took nothing. */
  readonly captured?: Money
  readonly booked?: Money
  readonly judged?: Money
  readonly refunds: Readonly<Record<string, Refund>>
}

interface Refund {
  readonly amountMinor: number
  readonly isSaid: boolean
  readonly isBooked: boolean
}

/** By merchantPaymentId: the attempts of one order of whose money anything was said. */
type Books = Readonly<Record<string, Attempt>>

const BLANK: Attempt = { refunds: {} }
const NOTHING: Books = {}

const TYPES: ReadonlySet<string> = new Set([
  'PaymentObserved',
  'PaymentSucceeded',
  'RefundRequested',
  'RefundCompleted',
  'OrderPaid',
  'SurplusPaymentRecorded',
])

/**
 * I1: what the provider said it took and gave back is what we booked, and what the orders took it for; per order and in
 * total. A completed refund is the provider's word as well as ours. Of a wallet's attempt the word is checkout's, and `wallet-agrees.ts`
 * holds it against the wallet itself.
 */
export const moneyAgrees: KeyedRule<Books> = {
  name: 'I1',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (books = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I1', fact, orderId)
    const id = idIn(recorded.stream)
    const attempt = books[id] ?? BLANK
    const now = (changed: Attempt, ...findings: readonly (Finding | undefined)[]) =>
      step({ ...books, [id]: changed }, ...findings)
    switch (event?.type) {
      case 'PaymentObserved':
        return isAboutMoney(event.data.observation, attempt)
          ? now(
              observed(attempt, event.data.observation),
              ...contradictions(attempt, event.data.observation, found),
            )
          : step(books)
      case 'PaymentSucceeded': {
        const { amount } = event.data
        const { captured } = attempt
        return now(
          { ...attempt, booked: amount },
          captured === undefined || !sameMoney(captured, amount)
            ? found('A success was booked that the provider did not speak of', {
                provider: captured === undefined ? 'nothing' : told(captured),
                booked: told(amount),
              })
            : undefined,
        )
      }
      case 'RefundRequested': {
        const { refundId, amount } = event.data
        const refund = { amountMinor: amount.amountMinor, isSaid: false, isBooked: false }
        return now(
          { ...attempt, refunds: { ...attempt.refunds, [refundId]: refund } },
          attempt.booked?.currency === amount.currency
            ? undefined
            : found('A refund is in another currency than its payment', {
                refundId,
                payment: attempt.booked === undefined ? 'nothing' : told(attempt.booked),
                refund: told(amount),
              }),
        )
      }
      case 'RefundCompleted': {
        const { refundId } = event.data
        const refund = attempt.refunds[refundId]
        if (refund === undefined)
          return step(books, found('A refund was completed that was never asked for', { refundId }))
        const refunds = { ...attempt.refunds, [refundId]: { ...refund, isSaid: true, isBooked: true } }
        const bookedMinor = attempt.booked?.amountMinor ?? 0
        const returnedMinor = refundedMinor(refunds, 'isBooked')
        return now(
          { ...attempt, refunds },
          returnedMinor > bookedMinor
            ? found('More was given back than was taken', { refundId, bookedMinor, returnedMinor })
            : undefined,
        )
      }
      case 'OrderPaid':
      case 'SurplusPaymentRecorded': {
        const { merchantPaymentId, amount } = event.data
        const judging = books[merchantPaymentId] ?? BLANK
        return step(
          { ...books, [merchantPaymentId]: { ...judging, judged: amount } },
          judging.booked !== undefined && sameMoney(judging.booked, amount)
            ? undefined
            : found('The order took an attempt for another amount than was booked', {
                merchantPaymentId,
                booked: judging.booked === undefined ? 'nothing' : told(judging.booked),
                order: told(amount),
              }),
        )
      }
      default:
        return step(books)
    }
  },
  open: (books, orderId) =>
    Object.entries(books).flatMap(([id, attempt]) => {
      const open = (message: string, facts: Finding['facts']): Finding => ({
        rule: 'I1',
        orderId,
        stream: `payment-${id}`,
        message,
        facts,
      })
      const heldMinor = (attempt.captured?.amountMinor ?? 0) - refundedMinor(attempt.refunds, 'isSaid')
      return [
        ...(attempt.booked === undefined && heldMinor > 0
          ? [open('The provider holds money that is not booked', { heldMinor })]
          : []),
        ...Object.entries(attempt.refunds)
          .filter(([, { isSaid, isBooked }]) => attempt.booked !== undefined && isSaid && !isBooked)
          .map(([refundId, { amountMinor }]) =>
            open('The provider gave money back and that is not booked', { refundId, amountMinor }),
          ),
      ]
    }),
  inTotal: (states) => {
    const totals = new Map<string, { provider: number; payments: number; orders: number }>()
    for (const books of states)
      for (const { captured, booked, judged, refunds } of Object.values(books)) {
        const currency = (captured ?? booked ?? judged)?.currency ?? 'none'
        const total = totals.get(currency) ?? { provider: 0, payments: 0, orders: 0 }
        totals.set(currency, total)
        const returnedMinor = refundedMinor(refunds, 'isBooked')
        total.provider += (captured?.amountMinor ?? 0) - refundedMinor(refunds, 'isSaid')
        total.payments += (booked?.amountMinor ?? 0) - returnedMinor
        total.orders += (judged?.amountMinor ?? 0) - returnedMinor
      }
    return [...totals]
      .filter(([, { provider, payments, orders }]) => provider !== payments || payments !== orders)
      .map(([currency, total]) => ({
        rule: 'I1',
        message: 'The books differ in total',
        facts: { currency, ...total },
      }))
  },
}

const isAboutMoney = (observation: Observation, { captured }: Attempt): boolean =>
  observation.refunds.length > 0 || capturedBy(observation, captured) !== undefined

const observed = (attempt: Attempt, observation: Observation): Attempt => {
  const captured = capturedBy(observation, attempt.captured)
  return {
    ...attempt,
    ...(captured === undefined ? {} : { captured }),
    refunds: withSaid(attempt.refunds, observation),
  }
}

/** Where an answer of the provider speaks against what is booked. Of what was never booked it may say anything. */
const contradictions = (
  { booked, captured, refunds }: Attempt,
  observation: Observation,
  found: (message: string, facts: Finding['facts']) => Finding,
): Finding[] => {
  if (booked === undefined) return []
  const now = capturedBy(observation, captured)
  const strange = observation.refunds.filter(
    ({ merchantRefundId, amountMinor }) => refunds[merchantRefundId]?.amountMinor !== amountMinor,
  )
  return [
    ...(now === undefined || sameMoney(now, booked)
      ? []
      : [
          found('The provider took another amount than we booked', {
            provider: told(now),
            booked: told(booked),
          }),
        ]),
    ...strange.map(({ merchantRefundId: refundId, amountMinor }) =>
      found('The provider has a refund that we did not ask for so', {
        refundId,
        amountMinor,
        asked: refunds[refundId]?.amountMinor ?? 'never',
      }),
    ),
  ]
}

/** A stale or unreadable word says nothing about money that was spoken of before. */
const capturedBy = (
  { status, amount, refunds }: Observation,
  before: Money | undefined,
): Money | undefined => {
  switch (verdictOf(status)) {
    case 'success':
      return amount ?? before
    case 'refunded': {
      const taken = amount ?? before
      // A payment that was reversed lists no refunds: nothing of it was ever kept.
      return taken === undefined || refunds.length > 0 ? taken : { ...taken, amountMinor: 0 }
    }
    case 'failure':
    case 'timeout':
      return before === undefined ? undefined : { ...before, amountMinor: 0 }
    default:
      return before
  }
}

const withSaid = (before: Attempt['refunds'], { refunds }: Observation): Attempt['refunds'] =>
  refunds.reduce<Attempt['refunds']>((known, { merchantRefundId, amountMinor, status }) => {
    const refund = known[merchantRefundId] ?? { amountMinor, isSaid: false, isBooked: false }
    const isSaid = refund.isSaid || status.toUpperCase() === 'REFUNDED'
    return { ...known, [merchantRefundId]: { ...refund, isSaid } }
  }, before)

const refundedMinor = (refunds: Attempt['refunds'], by: 'isSaid' | 'isBooked'): number =>
  Object.values(refunds).reduce((sum, refund) => sum + (refund[by] ? refund.amountMinor : 0), 0)
