import { impossible } from '#domain/decider.ts'
import { merchantPaymentIdOf, type MerchantPaymentId } from '#domain/ids.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import type { CancelAnswer } from '#domain/payment/events.ts'
import type { GivenUp } from '#domain/payment/state.ts'
import { wayBack } from '#domain/payment/way-back.ts'
import { DUPLICATE_CODE, NOT_REVERSIBLE } from '#platform/paypay/port.ts'
import { stepContext } from '../command-context.ts'
import type { Plan } from './plan.ts'
import type { Attempts, AttemptsOptions } from './way-of-paying.ts'

/** The provider's clock and ours differ a little; a code is taken for dead only this long after its expiry. */
const EXPIRY_GRACE_MS = 60_000

const context = stepContext('checkout')

/** Attempts that the buyer pays in PayPay's app, by a code. */
export const paypayAttempts = ({
  commands,
  provider,
  confirmations,
  clock,
  returnUrl,
}: AttemptsOptions): Attempts => {
  const run = async (
    plan: Plan,
    id: MerchantPaymentId,
    command: PaymentCommand,
    expectNew = false,
  ): Promise<PaymentState> => {
    // Only the cancel may be answered twice, differently.
    const about = command.type === 'RecordCancelAnswer' ? `${id}/${command.answer}` : id
    const outcome = await commands.run(
      payment,
      id,
      command,
      context(command.type, about, plan.orderId, plan.placedEventId),
      { expectNew },
    )
    if (outcome.kind === 'refused' && outcome.refusal === 'attempt-differs')
      throw new Error(`Attempt ${id} exists with other particulars`)
    return outcome.state
  }

  /**
   * The code of this attempt never reached us. That is on record before a cancel goes out: from here on nobody whose
   * answer did arrive can still open the code, and have it cancelled under the buyer's hands.
   */
  const orphan = async (plan: Plan, id: MerchantPaymentId): Promise<PaymentState | 'later'> => {
    const verdict = await confirmations.ask(id, 'poll')
    if (verdict === 'unknown') return 'later'
    return run(plan, id, { type: 'OrphanAttempt', reason: 'create-answer-lost', atMs: clock.nowMs() })
  }

  const open: Attempts['open'] = async (plan, attempt) => {
    const id = merchantPaymentIdOf(plan.orderId, attempt)
    const { orderId, amount, windowEndsAtMs } = plan
    const state = await run(
      plan,
      id,
      {
        type: 'RequestPayment',
        merchantPaymentId: id,
        orderId,
        attempt,
        amount,
        windowEndsAtMs,
        requestedAtMs: clock.nowMs(),
      },
      true,
    )
    if (state.status !== 'requested') return state
    if (amount.currency !== 'JPY') throw new Error(`PayPay takes yen, not ${amount.currency}`)
    const created = await provider.createCode({
      merchantPaymentId: id,
      amountMinor: amount.amountMinor,
      currency: 'JPY',
      description: `ご注文 ${orderId.slice(0, 8).toUpperCase()}`,
      requestedAtMs: clock.nowMs(),
      redirectUrl: returnUrl(orderId),
    })
    switch (created.kind) {
      case 'ok': {
        const { codeId, url, deeplink, expiresAtMs } = created.value
        return run(plan, id, { type: 'IssueCode', codeId, url, deeplink, expiresAtMs, atMs: clock.nowMs() })
      }
      case 'refused':
        return created.code === DUPLICATE_CODE
          ? orphan(plan, id)
          : run(plan, id, { type: 'RejectRequest', code: created.code, atMs: clock.nowMs() })
      case 'unknown':
        return 'later'
      default:
        return impossible(created)
    }
  }

  const answered = (plan: Plan, id: MerchantPaymentId, answer: CancelAnswer): Promise<PaymentState> =>
    run(plan, id, { type: 'RecordCancelAnswer', answer, atMs: clock.nowMs() })

  /**
   * A code we never saw is cancelled while PayPay takes a cancel for it. Accepted once is accepted for good, and nobody
   * can pay it then; until that is certain no other code is minted. It is put on record, and no cancel is sent after
   * that, because a payment counts only once no cancel can undo it. Whoever dies before the record cancels
   * again, which changes nothing at PayPay. Once the day's window has closed the code is long dead, so it
   * only matters whether it was paid before: that money is booked, judged by the order, and refunded.
   */
  const closeOrphan = async (
    plan: Plan,
    id: MerchantPaymentId,
    { orphanedAtMs, cancel }: GivenUp,
  ): Promise<'closed' | 'paid' | 'later'> => {
    if (cancel?.answer === 'accepted') return 'closed'
    const isCancellable =
      cancel === undefined &&
      wayBack({ outcome: 'unknown', madeBeforeMs: orphanedAtMs }, clock.nowMs()) === 'cancel'
    if (isCancellable) {
      const cancelled = await provider.cancelPayment(id)
      if (cancelled.kind === 'ok')
        return (await answered(plan, id, 'accepted')).status === 'succeeded' ? 'paid' : 'closed'
      // The provider counts from the payment, which was before, so its window may close a day before ours.
      if (cancelled.kind !== 'refused' || cancelled.code !== NOT_REVERSIBLE) return 'later'
      await answered(plan, id, 'not-reversible')
    }
    switch (await confirmations.ask(id, 'poll')) {
      case 'succeeded':
        return 'paid'
      case 'failed':
      case 'not-paid':
        return 'closed'
      default:
        return 'later'
    }
  }

  const close: Attempts['close'] = async (plan, attempt, because) => {
    const id = merchantPaymentIdOf(plan.orderId, attempt)
    let state: PaymentState | 'later' = await commands.state(payment, id)
    if (state.status === 'requested') state = await orphan(plan, id)
    if (state === 'later') return 'later'
    if (state.status === 'succeeded') return 'paid'
    if (state.status === 'orphaned') return closeOrphan(plan, id, state.givenUp)
    if (state.status !== 'open' || state.code.deleted) return 'closed'
    if (because === 'renewing') {
      const verdict = await confirmations.ask(id, 'poll')
      if (verdict === 'succeeded') return 'paid'
      if (verdict === 'failed') return 'closed'
      if (verdict !== 'not-paid') return 'later'
    }
    if (clock.nowMs() > state.code.expiresAtMs + EXPIRY_GRACE_MS) return 'closed'
    const deleted = await provider.deleteCode(state.code.codeId)
    if (deleted.kind !== 'ok') return 'later'
    if (deleted.value === 'already-paid')
      return (await confirmations.ask(id, 'poll')) === 'succeeded' ? 'paid' : 'later'
    await run(plan, id, { type: 'RecordCodeDeleted', atMs: clock.nowMs() })
    return 'closed'
  }

  return { open, close }
}
