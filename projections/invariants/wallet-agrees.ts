import { sameMoney, type Money } from '#domain/money/money.ts'
import { idIn } from '../events.ts'
import { caseOf, findingAt, step, told, type Finding, type KeyedRule } from './rule.ts'

/** One attempt that a wallet pays, in the wallet's books and in ours. */
interface Attempt {
  /** Whose wallet was to pay. */
  readonly account: string | undefined
  readonly debited?: Money
  readonly isBooked: boolean
  readonly refunds: Readonly<Record<string, Refund>>
}

interface Refund {
  readonly amount: Money
  readonly isCredited: boolean
  readonly isBooked: boolean
}

/** By merchantPaymentId: the attempts of one order that a wallet pays. */
type Books = Readonly<Record<string, Attempt>>

const NOTHING: Books = {}

const TYPES: ReadonlySet<string> = new Set([
  'PaymentRequested',
  'FundsDebited',
  'FundsRefunded',
  'PaymentSucceeded',
  'RefundRequested',
  'RefundCompleted',
])

/**
 * I1, orders paid from wallets: what a wallet paid for an attempt and got back is what we booked of it, attempt by
 * attempt and in total. What was cut off between the two is open until it is booked.
 */
export const walletAgrees: KeyedRule<Books> = {
  name: 'I1',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (books = NOTHING, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I1', fact, orderId)
    const now = (id: string, attempt: Attempt, finding?: Finding) =>
      step({ ...books, [id]: attempt }, finding)
    if (event?.type === 'FundsDebited' || event?.type === 'FundsRefunded') {
      const { debitId, amount } = event.data
      const attempt = books[debitId]
      if (attempt === undefined || attempt.account !== idIn(recorded.stream))
        return step(books, found('A wallet was asked about an attempt that is not its own', { debitId }))
      if (event.type === 'FundsDebited') return now(debitId, { ...attempt, debited: amount })
      const { refundId } = event.data
      const refund = attempt.refunds[refundId]
      return now(
        debitId,
        refund === undefined
          ? attempt
          : { ...attempt, refunds: { ...attempt.refunds, [refundId]: { ...refund, isCredited: true } } },
        refund !== undefined && sameMoney(refund.amount, amount)
          ? undefined
          : found('A wallet was given back what was not asked for so', {
              refundId,
              wallet: told(amount),
              asked: refund === undefined ? 'nothing' : told(refund.amount),
            }),
      )
    }
    const id = idIn(recorded.stream)
    if (event?.type === 'PaymentRequested')
      return event.data.method === 'WALLET'
        ? now(id, { account: event.data.account, isBooked: false, refunds: {} })
        : step(books)
    const attempt = books[id]
    if (attempt === undefined) return step(books)
    switch (event?.type) {
      case 'PaymentSucceeded': {
        const { amount } = event.data
        const { debited } = attempt
        return now(
          id,
          { ...attempt, isBooked: true },
          debited !== undefined && sameMoney(debited, amount)
            ? undefined
            : found('A success was booked that the wallet did not pay', {
                wallet: debited === undefined ? 'nothing' : told(debited),
                booked: told(amount),
              }),
        )
      }
      case 'RefundRequested': {
        const { refundId, amount } = event.data
        const refund = { amount, isCredited: false, isBooked: false }
        return now(id, { ...attempt, refunds: { ...attempt.refunds, [refundId]: refund } })
      }
      case 'RefundCompleted': {
        const { refundId } = event.data
        const refund = attempt.refunds[refundId]
        if (refund === undefined) return step(books)
        return now(
          id,
          { ...attempt, refunds: { ...attempt.refunds, [refundId]: { ...refund, isBooked: true } } },
          refund.isCredited ? undefined : found('A refund was booked that no wallet was given', { refundId }),
        )
      }
      default:
        return step(books)
    }
  },
  open: (books, orderId) =>
    Object.entries(books).flatMap(([id, { debited, isBooked, refunds }]) => {
      const open = (message: string, facts: Finding['facts']): Finding => ({
        rule: 'I1',
        orderId,
        stream: `payment-${id}`,
        message,
        facts,
      })
      return [
        ...(debited !== undefined && !isBooked
          ? [open('A wallet has paid and that is not booked', { debited: told(debited) })]
          : []),
        ...Object.entries(refunds)
          .filter(([, refund]) => refund.isCredited && !refund.isBooked)
          .map(([refundId]) => open('A wallet was given money back and that is not booked', { refundId })),
      ]
    }),
}
