import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import { sameMoney } from '../money/money.ts'
import type {
  IssueCode,
  LapseCode,
  OrphanAttempt,
  PaymentCommand,
  PaymentRefusal,
  RecordCancelAnswer,
  RecordCodeDeleted,
  RejectRequest,
  RequestPayment,
} from './commands.ts'
import type { PaymentEvent } from './events.ts'
import { decideObservation } from './observing.ts'
import { decideRefundCompletion, decideRefundRejection, decideRefundRequest } from './refunding.ts'
import { evolve, givenUpOf, type PaymentState } from './state.ts'

export type { PaymentState } from './state.ts'

type PaymentDecision = Decision<PaymentEvent, PaymentRefusal>

/**
 * One attempt to collect an order's total, stream `payment-{merchantPaymentId}`. A success always wins, also after a
 * failure, a lapse or a deleted code; whether it is in time and of the right amount is the order's to judge.
 */
export const paymentDecider: Decider<PaymentState, PaymentCommand, PaymentEvent, PaymentRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide: (state, command) => {
    switch (command.type) {
      case 'RequestPayment':
        return decideRequest(state, command)
      case 'IssueCode':
        return decideCode(state, command)
      case 'RejectRequest':
        return decideRejection(state, command)
      case 'RecordCodeDeleted':
        return decideDeletion(state, command)
      case 'RecordPaymentObservation':
        return decideObservation(state, command)
      case 'LapseCode':
        return decideLapse(state, command)
      case 'OrphanAttempt':
        return decideOrphan(state, command)
      case 'RecordCancelAnswer':
        return decideCancelAnswer(state, command)
      case 'RequestRefund':
        return decideRefundRequest(state, command)
      case 'CompleteRefund':
        return decideRefundCompletion(state, command)
      case 'RejectRefund':
        return decideRefundRejection(state, command)
      default:
        return impossible(command)
    }
  },
}

const decideRequest = (state: PaymentState, command: RequestPayment): PaymentDecision => {
  const { merchantPaymentId, orderId, attempt, account, amount, windowEndsAtMs, requestedAtMs } = command
  if (state.status === 'none') {
    const from =
      account === undefined ? { method: 'PAYPAY' as const } : { method: 'WALLET' as const, account }
    return accepted({
      type: 'PaymentRequested',
      data: { merchantPaymentId, orderId, attempt, ...from, amount, windowEndsAtMs, requestedAtMs },
    })
  }
  const { request } = state
  const isSame =
    request.orderId === orderId &&
    request.attempt === attempt &&
    request.account === account &&
    sameMoney(request.amount, amount)
  return isSame ? unchanged : refused('attempt-differs')
}

const decideCode = (state: PaymentState, command: IssueCode): PaymentDecision => {
  const { codeId, url, deeplink, expiresAtMs, atMs } = command
  switch (state.status) {
    case 'none':
      return refused('unknown-attempt')
    case 'requested':
      return accepted({ type: 'PaymentCodeIssued', data: { codeId, url, deeplink, expiresAtMs, atMs } })
    case 'open':
      return unchanged
    case 'orphaned':
    case 'failed':
      return refused('attempt-closed')
    case 'succeeded':
      return state.code === undefined ? refused('already-succeeded') : unchanged
    default:
      return impossible(state)
  }
}

const decideRejection = (state: PaymentState, { code, atMs }: RejectRequest): PaymentDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-attempt')
    case 'requested':
      return accepted({ type: 'PaymentFailed', data: { reason: code, source: 'poll', atMs } })
    case 'open':
      return refused('code-already-issued')
    case 'orphaned':
      return refused('attempt-closed')
    case 'failed':
      return unchanged
    case 'succeeded':
      return refused('already-succeeded')
    default:
      return impossible(state)
  }
}

const decideDeletion = (state: PaymentState, { atMs }: RecordCodeDeleted): PaymentDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-attempt')
    case 'requested':
    case 'orphaned':
      return refused('no-code')
    case 'open':
      return state.code.deleted ? unchanged : accepted({ type: 'PaymentCodeDeleted', data: { atMs } })
    case 'failed':
    case 'succeeded':
      return state.code === undefined ? refused('no-code') : unchanged
    default:
      return impossible(state)
  }
}

const decideLapse = (state: PaymentState, { atMs }: LapseCode): PaymentDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-attempt')
    case 'requested':
      return refused('no-code')
    case 'open':
      return state.lapsed ? unchanged : accepted({ type: 'PaymentLapsed', data: { atMs } })
    case 'orphaned':
    case 'failed':
      return unchanged
    case 'succeeded':
      return refused('already-succeeded')
    default:
      return impossible(state)
  }
}

const decideOrphan = (state: PaymentState, { reason, atMs }: OrphanAttempt): PaymentDecision => {
  switch (state.status) {
    case 'none':
      return refused('unknown-attempt')
    case 'requested':
      return accepted({ type: 'PaymentOrphaned', data: { reason, atMs } })
    case 'open':
      return refused('code-already-issued')
    case 'orphaned':
    case 'failed':
      return unchanged
    case 'succeeded':
      return refused('already-succeeded')
    default:
      return impossible(state)
  }
}

/** Accepted once is accepted for good; a provider that says first that it is too late may have taken one unheard. */
const decideCancelAnswer = (state: PaymentState, { answer, atMs }: RecordCancelAnswer): PaymentDecision => {
  if (state.status === 'none') return refused('unknown-attempt')
  if (state.status === 'succeeded') return refused('already-succeeded')
  const { givenUp } = givenUpOf(state)
  if (givenUp === undefined) return refused('not-orphaned')
  const known = givenUp.cancel?.answer
  return known === 'accepted' || known === answer
    ? unchanged
    : accepted({ type: 'PaymentCancelAnswered', data: { answer, atMs } })
}
