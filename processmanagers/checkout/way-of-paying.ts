import type { PaymentState } from '#domain/payment/decider.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
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
   * Makes the attempt payable, or pays it. The request is on record before anybody is called. A create whose answer was lost
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
