import { account as accounts } from '#domain/account/aggregate.ts'
import type { AccountState } from '#domain/account/decider.ts'
import { merchantPaymentIdOf, type CustomerId, type MerchantPaymentId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import type { Observation } from '#domain/payment/events.ts'
import { INSUFFICIENT_FUNDS } from '#domain/payment/verdict.ts'
import { stepContext } from '../command-context.ts'
import type { Plan } from './plan.ts'
import type { Attempts, AttemptsOptions } from './way-of-paying.ts'

const context = stepContext('checkout')

/**
 * Attempts that the buyer's wallet pays at once: request, debit, and what the wallet said. The debit bears the attempt's
 * id, so a life that died between any two of them goes on where it was and takes the money once.
 */
export const walletAttempts = ({
  commands,
  clock,
}: Pick<AttemptsOptions, 'commands' | 'clock'>): Attempts => {
  const run = async (
    plan: Plan,
    id: MerchantPaymentId,
    step: string,
    command: PaymentCommand,
  ): Promise<PaymentState> => {
    const about = context(step, id, plan.orderId, plan.placedEventId)
    const expectNew = command.type === 'RequestPayment'
    const outcome = await commands.run(payment, id, command, about, { expectNew })
    if (outcome.kind === 'refused') throw new Error(`Attempt ${id} refused ${step}: ${outcome.refusal}`)
    return outcome.state
  }

  /** Pays, or sees to it that it never will: the wallet answers once, so what another life looked at before is no matter. */
  const answer = async (
    type: 'DebitFunds' | 'CloseDebit',
    plan: Plan,
    customerId: CustomerId,
    id: MerchantPaymentId,
  ): Promise<AccountState> => {
    const { orderId, amount } = plan
    const outcome = await commands.run(
      accounts,
      customerId,
      { type, customerId, debitId: id, orderId, amount, atMs: clock.nowMs() },
      context(type, id, orderId, plan.placedEventId),
    )
    if (outcome.kind === 'refused') throw new Error(`The wallet refused to judge ${id}: ${outcome.refusal}`)
    return outcome.state
  }

  /** Why the wallet is not asked any more, as the provider's word for such an end; undefined while it is. */
  const tooLate = async ({ orderId, windowEndsAtMs }: Plan): Promise<'CANCELED' | 'EXPIRED' | undefined> => {
    const { status } = await commands.state(order, orderId)
    if (status !== 'PENDING' && status !== 'WAITING_PAYMENT') return 'CANCELED'
    return clock.nowMs() > windowEndsAtMs ? 'EXPIRED' : undefined
  }

  /**
   * Brings the attempt to its end. An order that has ended is not charged; one that ends in this very moment may be, and
   * then finds the money surplus and gives it back.
   */
  const settle = async (plan: Plan, id: MerchantPaymentId): Promise<PaymentState> => {
    const { account, amount } = plan
    if (account === undefined) throw new Error(`Order ${plan.orderId} is not paid from a wallet`)
    const end = await tooLate(plan)
    const wallet = await answer(end === undefined ? 'DebitFunds' : 'CloseDebit', plan, account, id)
    const asked = wallet.status === 'none' ? undefined : wallet.debits.get(id)
    if (asked === undefined) throw new Error(`The wallet was asked for ${id} and has no answer`)
    const observation: Observation =
      asked.outcome === 'paid'
        ? { status: 'COMPLETED', paymentId: id, amount, acceptedAtMs: asked.atMs, refunds: [] }
        : {
            status: asked.outcome === 'order-ended' ? (end ?? 'CANCELED') : INSUFFICIENT_FUNDS,
            refunds: [],
          }
    // Named by what was seen: another life may have seen less, and its word must not stand in for this one.
    return run(plan, id, `observe ${observation.status}`, {
      type: 'RecordPaymentObservation',
      observation,
      source: 'wallet',
      atMs: clock.nowMs(),
    })
  }

  return {
    open: async (plan, attempt) => {
      const id = merchantPaymentIdOf(plan.orderId, attempt)
      const { orderId, account, amount, windowEndsAtMs } = plan
      const state = await run(plan, id, 'RequestPayment', {
        type: 'RequestPayment',
        merchantPaymentId: id,
        orderId,
        attempt,
        ...(account === undefined ? {} : { account }),
        amount,
        windowEndsAtMs,
        requestedAtMs: clock.nowMs(),
      })
      return state.status === 'requested' ? settle(plan, id) : state
    },
    close: async (plan, attempt) => {
      const id = merchantPaymentIdOf(plan.orderId, attempt)
      const state = await commands.state(payment, id)
      const { status } = state.status === 'requested' ? await settle(plan, id) : state
      return status === 'succeeded' ? 'paid' : 'closed'
    },
  }
}
