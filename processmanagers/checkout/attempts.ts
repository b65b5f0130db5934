import { paypayAttempts } from './paypay-attempts.ts'
import type { Plan } from './plan.ts'
import { walletAttempts } from './wallet-attempts.ts'
import type { Attempts, AttemptsOptions } from './way-of-paying.ts'

/** Each order's attempts by its own way of paying; checkout does not tell the ways apart. */
export const attempts = (options: AttemptsOptions): Attempts => {
  const byPayPay = paypayAttempts(options)
  const fromWallet = walletAttempts(options)
  const wayOf = ({ account }: Plan): Attempts => (account === undefined ? byPayPay : fromWallet)
  return {
    open: (plan, attempt) => wayOf(plan).open(plan, attempt),
    close: (plan, attempt, because) => wayOf(plan).close(plan, attempt, because),
  }
}
