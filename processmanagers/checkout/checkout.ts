import { impossible } from '#domain/decider.ts'
import { MerchantPaymentId, merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import type { FailureReason, OrderEvent } from '#domain/order/events.ts'
import { isPaid } from '#domain/order/state.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import type { ObservationSource, PaymentEvent } from '#domain/payment/events.ts'
import { INSUFFICIENT_FUNDS } from '#domain/payment/verdict.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { stepContext } from '../command-context.ts'
import type { Deadlines, Process } from '../process.ts'
import { attempts } from './attempts.ts'
import { checkoutPlan, type CheckoutState, type Ending } from './plan.ts'
import { confirmLines, releaseLines, reserveLines } from './reserving.ts'
import type { AttemptsOptions } from './way-of-paying.ts'

/** The window's end: ask once more, then fail the order unless a payment may be under way. */
const WINDOW = 'window'
/** The provider did not answer: take the opening of the payment up again. */
const RETRY = 'retry'
/** The order has ended, and a code of it may still be payable. */
const CLOSE = 'close'

const MOST_ORPHANS_IN_A_ROW = 5
/** A code that could not be closed is tried again for as long as its attempt is watched. */
const CLOSE_FOR_MS = 24 * 60 * 60_000

/** Quick at first and slower the longer it lasts, without counting tries: a second, up to `longestMs`. */
const patienceMs = (lastedMs: number, longestMs: number): number =>
  Math.min(Math.max(lastedMs / 4, 1_000), longestMs)

const context = stepContext('checkout')

export interface CheckoutOptions extends AttemptsOptions {
  /** An order became PAID by this very call, never by a repeat of it; `completedAtMs` is the provider's word. */
  readonly onPaid?: (source: ObservationSource, completedAtMs: number) => void
}

/**
 * From a placed order to its end: reserve, ask for payment, wait, and let stock follow what the order decided.
 * It never decides a race: money, cancel and expiry all meet in the order stream.
 */
export const checkout = (options: CheckoutOptions): Process<OrderEvent | PaymentEvent> => {
  const { commands, confirmations, clock } = options
  const payments = attempts(options)

  type Open = Extract<CheckoutState, { status: 'open' }>
  type Started = Exclude<CheckoutState, { status: 'none' }>

  const tell = (orderId: OrderId, command: OrderCommand, about: string, causationId: string) =>
    commands.run(order, orderId, command, context(command.type, about, orderId, causationId))

  const fail = (state: Started, reason: FailureReason, causationId: string) =>
    tell(
      state.plan.orderId,
      { type: 'FailOrder', reason, atMs: clock.nowMs() },
      state.plan.orderId,
      causationId,
    )

  const later = ({ plan }: Started, deadlines: Deadlines): void => {
    deadlines.set(RETRY, clock.nowMs() + patienceMs(clock.nowMs() - plan.atMs, 15_000))
  }

  /** Money of this attempt that the order has judged and did not take. */
  const isSurplus = async (orderId: OrderId, id: MerchantPaymentId): Promise<boolean> => {
    const judged = await commands.state(order, orderId)
    return judged.status !== 'none' && !isPaid(judged) && judged.recorded.includes(id)
  }

  /** Every attempt before this one; at most one code of an order is payable at a time. */
  const closeEarlier = async (state: Started, before: number): Promise<'closed' | 'paid' | 'later'> => {
    for (let attempt = 1; attempt < before; attempt += 1) {
      const closing = await payments.close(state.plan, attempt, 'renewing')
      const { orderId } = state.plan
      if (closing === 'paid' && (await isSurplus(orderId, merchantPaymentIdOf(orderId, attempt)))) continue
      if (closing !== 'closed') return closing
    }
    return 'closed'
  }

  const openPayment = async (start: Open, deadlines: Deadlines): Promise<void> => {
    let state = start
    for (let round = 0; round < MOST_ORPHANS_IN_A_ROW; round += 1) {
      const { plan, attempt } = state
      const earlier = await closeEarlier(state, attempt)
      // A payment that came in on an earlier code is on its way to the order; a fresh code would be a second one.
      if (earlier === 'paid') return
      if (earlier === 'later') return later(state, deadlines)
      const opened = await payments.open(plan, attempt)
      if (opened === 'later') return later(state, deadlines)
      switch (opened.status) {
        case 'open': {
          const merchantPaymentId = merchantPaymentIdOf(plan.orderId, attempt)
          const shown = await tell(
            plan.orderId,
            {
              type: 'AwaitPayment',
              merchantPaymentId,
              attempt,
              codeExpiresAtMs: opened.code.expiresAtMs,
              atMs: clock.nowMs(),
            },
            merchantPaymentId,
            plan.placedEventId,
          )
          if (shown.kind === 'refused') deadlines.set(CLOSE, clock.nowMs())
          return
        }
        case 'failed':
          await fail(state, failureOf(opened), plan.placedEventId)
          return
        case 'orphaned': {
          const chosen = await commands.run(
            checkoutPlan,
            plan.orderId,
            { type: 'ChooseAttempt', attempt: attempt + 1, because: 'orphaned', atMs: clock.nowMs() },
            context('choose', `${plan.orderId}/${attempt + 1}`, plan.orderId, plan.placedEventId),
          )
          if (chosen.state.status !== 'open') return
          state = chosen.state
          break
        }
        case 'requested':
          return later(state, deadlines)
        case 'succeeded':
        case 'none':
          return
        default:
          return impossible(opened)
      }
    }
    later(state, deadlines)
  }

  /** Everything that is owed until the buyer can pay; may be taken up again at any moment. */
  const pump = async (state: CheckoutState, deadlines: Deadlines): Promise<void> => {
    if (state.status === 'ended' && state.outcome !== 'PAID')
      return releaseLines(commands, state.plan, state.plan.placedEventId, clock.nowMs())
    if (state.status !== 'open') return
    const { plan } = state
    if (state.shortage === undefined) {
      const reserving = await reserveLines(commands, plan, clock.nowMs())
      if (reserving.kind === 'over') return
      if (reserving.kind === 'reserved') return openPayment(state, deadlines)
      await commands.run(
        checkoutPlan,
        plan.orderId,
        { type: 'MeetShortage', productId: reserving.productId, atMs: clock.nowMs() },
        context('shortage', plan.orderId, plan.orderId, plan.placedEventId),
      )
    }
    await fail(state, 'INVENTORY_SHORTAGE', plan.placedEventId)
  }

  const closeCodes = async (
    state: Started,
    except: string | undefined,
    deadlines: Deadlines,
  ): Promise<void> => {
    const { plan } = state
    let isOwed = false
    for (let attempt = 1; attempt <= state.attempt; attempt += 1) {
      if (merchantPaymentIdOf(plan.orderId, attempt) === except) continue
      if ((await payments.close(plan, attempt, 'ending')) === 'later') isOwed = true
    }
    const nowMs = clock.nowMs()
    if (isOwed && nowMs < plan.windowEndsAtMs + CLOSE_FOR_MS)
      // Less pressing than a retry: money that comes all the same is given back.
      deadlines.set(CLOSE, nowMs + patienceMs((nowMs - plan.atMs) / 5, 60_000))
  }

  const end = async (
    state: CheckoutState,
    outcome: Ending,
    recorded: RecordedEvent,
    paidBy: string | undefined,
    deadlines: Deadlines,
  ): Promise<void> => {
    if (state.status === 'none') throw new Error(`${recorded.stream} ended before its checkout began`)
    const { plan } = state
    // The end is written after the stock, so once it is there only the codes may still be open.
    if (state.status === 'open') {
      if (outcome === 'PAID') await confirmLines(commands, plan, recorded.id, clock.nowMs())
      else await releaseLines(commands, plan, recorded.id, clock.nowMs())
      await commands.run(
        checkoutPlan,
        plan.orderId,
        { type: 'EndCheckout', outcome, atMs: clock.nowMs() },
        context('end', plan.orderId, plan.orderId, recorded.id),
      )
    }
    deadlines.clear(WINDOW)
    deadlines.clear(RETRY)
    await closeCodes(state, paidBy, deadlines)
  }

  const windowOver = async (state: Open, deadlines: Deadlines): Promise<void> => {
    const { plan, attempt } = state
    // A wallet answers at once, so what is still open was cut off on the way and is brought to its end.
    if (plan.account !== undefined) return pump(state, deadlines)
    // Unknown is not failed: the order keeps waiting and the stock stays held.
    const keepWaiting = (): void => {
      deadlines.set(WINDOW, clock.nowMs() + patienceMs(clock.nowMs() - plan.windowEndsAtMs, 60_000))
    }
    let reason: FailureReason = 'PROVIDER_ERROR'
    for (let nth = 1; nth <= attempt; nth += 1) {
      const id = merchantPaymentIdOf(plan.orderId, nth)
      const known = await commands.state(payment, id)
      if (known.status === 'succeeded') {
        // Either the success is on its way to the order, or the order has found that it cannot take it.
        if (!(await isSurplus(plan.orderId, id))) return keepWaiting()
        reason = 'PAYMENT_EXPIRED'
      }
      if (known.status === 'requested') {
        // Its code was shown to nobody, so an answer that does not come is not waited for; money that is there is.
        const verdict = await confirmations.ask(id, 'poll')
        if (verdict === 'succeeded' || verdict === 'in-flight') return keepWaiting()
      }
      if (known.status !== 'open') continue
      const verdict = await confirmations.ask(id, 'poll')
      if (verdict !== 'not-paid' && verdict !== 'failed') return keepWaiting()
      reason = verdict === 'failed' && nth === attempt ? 'PAYMENT_FAILED' : 'PAYMENT_EXPIRED'
    }
    await fail(state, reason, plan.placedEventId)
  }

  return {
    name: 'checkout',
    codec: joinCodecs<[OrderEvent, PaymentEvent]>(order.codec, payment.codec),
    handles: [
      'OrderPlaced',
      'PaymentRenewalRequested',
      'OrderPaid',
      'OrderFailed',
      'OrderCancelled',
      'PaymentSucceeded',
      'PaymentFailed',
    ],
    key: (recorded) => recorded.metadata.correlationId,
    parallelism: 64,

    onEvent: async (event, recorded, deadlines) => {
      const orderId = OrderId.parse(recorded.metadata.correlationId)
      switch (event.type) {
        case 'OrderPlaced': {
          const { lines, total, paymentMethod, customerId, paymentWindowEndsAtMs } = event.data
          const started = await commands.run(
            checkoutPlan,
            orderId,
            {
              type: 'StartCheckout',
              orderId,
              lines: lines
                .map(({ productId, quantity }) => ({ productId, quantity }))
                .sort((a, b) => (a.productId < b.productId ? -1 : 1)),
              amount: total,
              ...(paymentMethod === 'WALLET' ? { account: customerId } : {}),
              windowEndsAtMs: paymentWindowEndsAtMs,
              placedEventId: recorded.id,
              atMs: clock.nowMs(),
            },
            context('start', orderId, orderId, recorded.id),
            { expectNew: true },
          )
          if (started.state.status === 'open') deadlines.set(WINDOW, paymentWindowEndsAtMs)
          return pump(started.state, deadlines)
        }
        case 'PaymentRenewalRequested': {
          const { attempt } = event.data
          const chosen = await commands.run(
            checkoutPlan,
            orderId,
            { type: 'ChooseAttempt', attempt, because: 'renewal', atMs: clock.nowMs() },
            context('choose', `${orderId}/${attempt}`, orderId, recorded.id),
          )
          if (chosen.state.status === 'open') await openPayment(chosen.state, deadlines)
          return
        }
        case 'PaymentSucceeded': {
          const { paymentId, amount, succeededAtMs, source } = event.data
          const merchantPaymentId = merchantPaymentIdFrom(recorded)
          const judged = await tell(
            orderId,
            {
              type: 'ConfirmPayment',
              merchantPaymentId,
              paymentId,
              amount,
              succeededAtMs,
              atMs: clock.nowMs(),
            },
            merchantPaymentId,
            recorded.id,
          )
          // Money must not vanish silently: whoever looks at the parked key finds it.
          if (judged.kind === 'refused')
            throw new Error(`Order ${orderId} refused to judge ${merchantPaymentId}: ${judged.refusal}`)
          if (
            judged.kind === 'accepted' &&
            judged.state.status === 'PAID' &&
            judged.state.payment.merchantPaymentId === merchantPaymentId
          )
            options.onPaid?.(source, succeededAtMs)
          return
        }
        case 'PaymentFailed': {
          const state = await commands.recent(checkoutPlan, orderId)
          if (state.status !== 'open') return
          // Only the attempt the buyer is shown can fail the order: a cancelled orphan ends as FAILED too.
          if (merchantPaymentIdOf(orderId, state.attempt) !== merchantPaymentIdFrom(recorded)) return
          const known = await commands.state(payment, merchantPaymentIdFrom(recorded))
          if (known.status !== 'failed') return
          await fail(state, failureOf(known), recorded.id)
          return
        }
        case 'OrderPaid': {
          const state = await commands.recent(checkoutPlan, orderId)
          return end(state, 'PAID', recorded, event.data.merchantPaymentId, deadlines)
        }
        case 'OrderFailed':
          return end(await commands.recent(checkoutPlan, orderId), 'FAILED', recorded, undefined, deadlines)
        case 'OrderCancelled':
          return end(
            await commands.recent(checkoutPlan, orderId),
            'CANCELLED',
            recorded,
            undefined,
            deadlines,
          )
        default:
          return
      }
    },

    onDeadline: async (key, name, deadlines) => {
      const state = await commands.recent(checkoutPlan, OrderId.parse(key))
      if (state.status === 'none') return
      if (name === CLOSE) return closeCodes(state, undefined, deadlines)
      if (state.status !== 'open') return
      if (name === WINDOW) return windowOver(state, deadlines)
      if (name === RETRY) return pump(state, deadlines)
    },
  }
}

/** Why an attempt that took no money fails its order. */
const failureOf = ({
  request,
  lastObservation,
  code,
}: Extract<PaymentState, { status: 'failed' }>): FailureReason => {
  if (request.account === undefined) return code === undefined ? 'PROVIDER_ERROR' : 'PAYMENT_FAILED'
  return lastObservation?.status === INSUFFICIENT_FUNDS ? 'INSUFFICIENT_FUNDS' : 'PAYMENT_EXPIRED'
}

const merchantPaymentIdFrom = (recorded: RecordedEvent) =>
  MerchantPaymentId.parse(recorded.stream.slice('payment-'.length))
