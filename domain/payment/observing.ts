import { accepted, refused, unchanged, type Decision } from '../decider.ts'
import { sameMoney } from '../money/money.ts'
import type { PaymentRefusal, RecordPaymentObservation } from './commands.ts'
import type { Observation, PaymentEvent } from './events.ts'
import { keptFromMs } from './reversal.ts'
import { givenUpOf, type KnownPayment, type PaymentState } from './state.ts'
import { verdictOf } from './verdict.ts'

/**
 * Books an answer of the provider. An unknown word changes nothing; what is already known changes nothing; a success
 * is booked once, whatever was believed before, because money is money; a failure only while neither was booked. What
 * our own cancel may still give back is not the shop's yet: of an orphaned attempt, whether it has failed since or
 * not, a success is no news before that is over.
 */
export const decideObservation = (
  state: PaymentState,
  command: RecordPaymentObservation,
): Decision<PaymentEvent, PaymentRefusal> => {
  if (state.status === 'none') return refused('unknown-attempt')
  const { observation, source, atMs } = command
  const verdict = verdictOf(observation.status)
  const success = verdict === 'success' ? successIn(command) : undefined
  // A success that does not say which payment or how much cannot be booked, and is therefore as good as unknown.
  if (verdict === 'unknown' || (verdict === 'success' && success === undefined)) return unchanged
  const { givenUp } = givenUpOf(state)
  if (
    success !== undefined &&
    givenUp !== undefined &&
    atMs < keptFromMs(givenUp, observation.acceptedAtMs ?? 0)
  )
    return unchanged

  const observed: PaymentEvent = { type: 'PaymentObserved', data: { observation, source, atMs } }
  const isNews = state.lastObservation === undefined || !sameObservation(state.lastObservation, observation)
  if (success !== undefined && state.status !== 'succeeded')
    return isNews ? accepted(observed, success) : accepted(success)
  if (!isNews) return unchanged
  const failure = failureIn(state, command)
  return failure === undefined ? accepted(observed) : accepted(observed, failure)
}

const successIn = ({ observation, source, atMs }: RecordPaymentObservation): PaymentEvent | undefined => {
  const { paymentId, amount, acceptedAtMs } = observation
  if (paymentId === undefined || paymentId === '' || amount === undefined) return undefined
  const succeededAtMs = acceptedAtMs ?? atMs
  return { type: 'PaymentSucceeded', data: { paymentId, amount, succeededAtMs, source, atMs } }
}

const failureIn = (state: KnownPayment, command: RecordPaymentObservation): PaymentEvent | undefined => {
  const { observation, source, atMs } = command
  if (state.status === 'succeeded' || state.status === 'failed') return undefined
  const verdict = verdictOf(observation.status)
  return verdict === 'failure' || verdict === 'timeout'
    ? { type: 'PaymentFailed', data: { reason: observation.status, source, atMs } }
    : undefined
}

/** Equal in all that matters: the time of acceptance follows from the payment, and refunds come in any order. */
const sameObservation = (a: Observation, b: Observation): boolean =>
  a.status === b.status &&
  a.paymentId === b.paymentId &&
  (a.amount === undefined || b.amount === undefined
    ? a.amount === b.amount
    : sameMoney(a.amount, b.amount)) &&
  refundsKey(a) === refundsKey(b)

const refundsKey = ({ refunds }: Observation): string =>
  JSON.stringify(
    refunds
      .map(({ merchantRefundId, amountMinor, status }) =>
        JSON.stringify([merchantRefundId, amountMinor, status]),
      )
      .sort(),
  )
