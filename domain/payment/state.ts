import { Map } from 'immutable'
import { impossible } from '../decider.ts'
import type { CustomerId, OrderId } from '../ids.ts'
import type { Money } from '../money/money.ts'
import type { CancelAnswer, Observation, PaymentEvent } from './events.ts'

/** The payable code, as the provider issued it. */
interface Code {
  readonly codeId: string
  readonly url: string
  readonly deeplink: string
  readonly expiresAtMs: number
  readonly deleted: boolean
}

export interface Refund {
  readonly amount: Money
  readonly requestedAtMs: number
  readonly status: 'requested' | 'completed' | 'rejected'
}

/** A code that never reached us. */
export interface GivenUp {
  /** Nobody asks for the code any more from then on, so it was made before, if at all. */
  readonly orphanedAtMs: number
  /** What the provider said for good to the cancel; until then one may be under way, or may have been taken unheard. */
  readonly cancel?: { readonly answer: CancelAnswer; readonly atMs: number }
}

interface Attempt {
  readonly orderId: OrderId
  readonly attempt: number
  readonly amount: Money
  /** The wallet that pays; by PayPay when absent. */
  readonly account?: CustomerId
}

interface Known {
  readonly request: Attempt
  /** The provider's last answer; absent until it was first asked. */
  readonly lastObservation?: Observation
}

export type PaymentState =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'requested' })
  | (Known & { readonly status: 'open'; readonly code: Code; readonly lapsed: boolean })
  | (Known & { readonly status: 'orphaned'; readonly givenUp: GivenUp })
  | (Known & { readonly status: 'failed'; readonly code?: Code; readonly givenUp?: GivenUp })
  | (Known & {
      readonly status: 'succeeded'
      readonly code?: Code
      readonly paymentId: string
      readonly captured: Money
      readonly succeededAtMs: number
      readonly refunds: Map<string, Refund>
    })

export type KnownPayment = Exclude<PaymentState, { status: 'none' }>

/** A code that was just issued would be answered like this, so a poll that says no more is no news. */
const BARE_CREATED: Observation = { status: 'CREATED', refunds: [] }

/** Only assigns. Nothing can be known of an attempt before it is requested, so earlier events leave `none` as it is. */
export const evolve = (state: PaymentState, event: PaymentEvent): PaymentState => {
  if (event.type === 'PaymentRequested') {
    const { orderId, attempt, amount, account } = event.data
    const from = account === undefined ? {} : { account }
    return { status: 'requested', request: { orderId, attempt, amount, ...from } }
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'PaymentCodeIssued': {
      const { codeId, url, deeplink, expiresAtMs } = event.data
      return {
        status: 'open',
        request: state.request,
        lastObservation: BARE_CREATED,
        code: { codeId, url, deeplink, expiresAtMs, deleted: false },
        lapsed: false,
      }
    }
    case 'PaymentCodeDeleted':
      return state.status === 'open' ? { ...state, code: { ...state.code, deleted: true } } : state
    case 'PaymentObserved':
      return { ...state, lastObservation: event.data.observation }
    case 'PaymentSucceeded': {
      const { paymentId, amount, succeededAtMs } = event.data
      return {
        ...common(state),
        ...codeOf(state),
        status: 'succeeded',
        paymentId,
        captured: amount,
        succeededAtMs,
        refunds: Map(),
      }
    }
    case 'PaymentFailed':
      return { ...common(state), ...codeOf(state), ...givenUpOf(state), status: 'failed' }
    case 'PaymentLapsed':
      return state.status === 'open' ? { ...state, lapsed: true } : state
    case 'PaymentOrphaned':
      return { ...common(state), status: 'orphaned', givenUp: { orphanedAtMs: event.data.atMs } }
    case 'PaymentCancelAnswered': {
      const { givenUp } = givenUpOf(state)
      return (state.status === 'orphaned' || state.status === 'failed') && givenUp !== undefined
        ? { ...state, givenUp: { ...givenUp, cancel: event.data } }
        : state
    }
    case 'RefundRequested': {
      const { refundId, amount, atMs } = event.data
      return withRefund(state, refundId, { amount, requestedAtMs: atMs, status: 'requested' })
    }
    case 'RefundCompleted':
      return withRefundStatus(state, event.data.refundId, 'completed')
    case 'RefundRejected':
      return withRefundStatus(state, event.data.refundId, 'rejected')
    default:
      return impossible(event)
  }
}

/** The code of an attempt, where it has or had one. */
const codeOf = (state: KnownPayment): { readonly code?: Code } =>
  'code' in state && state.code !== undefined ? { code: state.code } : {}

/** Of an attempt that was orphaned, also after it failed: a cancel may still be taking effect. */
export const givenUpOf = (state: PaymentState): { readonly givenUp?: GivenUp } =>
  'givenUp' in state && state.givenUp !== undefined ? { givenUp: state.givenUp } : {}

const common = ({ request, lastObservation }: KnownPayment): Known => ({
  request,
  ...(lastObservation === undefined ? {} : { lastObservation }),
})

const withRefund = (state: KnownPayment, refundId: string, refund: Refund): PaymentState =>
  state.status === 'succeeded' ? { ...state, refunds: state.refunds.set(refundId, refund) } : state

const withRefundStatus = (state: KnownPayment, refundId: string, status: Refund['status']): PaymentState => {
  const refund = state.status === 'succeeded' ? state.refunds.get(refundId) : undefined
  return refund === undefined ? state : withRefund(state, refundId, { ...refund, status })
}
