import { impossible } from '#domain/decider.ts'
import { merchantPaymentIdOf, type MerchantPaymentId } from '#domain/ids.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import { wayBack } from '#domain/payment/way-back.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { DUPLICATE_CODE, NOT_REVERSIBLE, type PaymentProvider } from '#platform/paypay/port.ts'
import { stepContext } from '../command-context.ts'
import type { Confirmations } from '../payment-confirmation/confirmations.ts'
import type { Plan } from './plan.ts'

export interface AttemptsOptions {
  readonly commands: CommandRunner
  readonly provider: PaymentProvider
  readonly confirmations: Confirmations
  readonly clock: Clock
  /** Where the buyer's browser goes after paying; coming back proves nothing. */
  readonly returnUrl: (orderId: string) => string
}

export interface Attempts {
  /**
   * Makes the attempt payable. The request is on record before the provider is called. A create whose answer was lost
   * is repeated under the same id: either it never arrived and now does, or the provider knows the id, and then the
   * attempt is orphaned; closing it cancels the code we never saw. `later` means the provider did not answer readably.
   */
  readonly open: (plan: Plan, attempt: number) => Promise<PaymentState | 'later'>
  /**
   * Sees to it that nobody can pay the attempt any more. Before a fresh code is minted (`renewing`) the provider is
   * asked first, so that a buyer who is paying is not offered a second code; once the order has ended (`ending`) the
   * code goes at once, and money that comes all the same is given back.
   * - `closed`: it cannot be paid, and was not.
   * - `paid`: it was; the success is in the books.
   * - `later`: the provider did not answer readably, or the buyer is in the middle of paying.
   */
  readonly close: (
    plan: Plan,
    attempt: number,
    because: 'renewing' | 'ending',
  ) => Promise<'closed' | 'paid' | 'later'>
}

/** The provider's clock and ours differ a little; a code is taken for dead only this long after its expiry. */
const EXPIRY_GRACE_MS = 60_000

const context = stepContext('checkout')

export const attempts = ({
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
    const outcome = await commands.run(
      payment,
      id,
      command,
      context(command.type, id, plan.orderId, plan.placedEventId),
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

  /**
   * A code we never saw is cancelled while PayPay takes a cancel for it. Accepted once is accepted for good, and nobody
   * can pay it then; until that is certain no other code is minted. Once the day's window has closed the code is long
   * dead, so it only matters whether it was paid before: that money is booked, judged by the order, and refunded.
   */
  const closeOrphan = async (
    id: MerchantPaymentId,
    orphanedAtMs: number,
  ): Promise<'closed' | 'paid' | 'later'> => {
    if (wayBack({ outcome: 'unknown', madeBeforeMs: orphanedAtMs }, clock.nowMs()) === 'cancel') {
      const cancelled = await provider.cancelPayment(id)
      if (cancelled.kind === 'ok') return 'closed'
      // The provider counts from the payment, which was before, so its window may close a day before ours.
      if (cancelled.kind !== 'refused' || cancelled.code !== NOT_REVERSIBLE) return 'later'
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
    if (state.status === 'orphaned') return closeOrphan(id, state.orphanedAtMs)
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
