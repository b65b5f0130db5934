import type { RunPlan } from './fault-plan.ts'

const MINUTE_MS = 60_000

/** Makes what happens too seldom in an ordinary run happen in nearly every one. */
export interface Setting {
  readonly name: string
  readonly reshaped: (plan: RunPlan) => RunPlan
}

/**
 * Every code is paid, also those that never reach us, and most answers of PayPay are lost or unreadable, so codes are given up
 * and paid before, while and after they are cancelled; the money takes its time to go back, and three instances
 * know of each other's doings only what they read.
 */
const UNSEEN: Setting = {
  name: 'unseen codes are paid',
  reshaped: (plan) => ({
    ...plan,
    instances: 3,
    fromWallet: 0,
    withAlerting: false,
    readModels: [],
    knobs: { ...plan.knobs, duplicateCreate: 'refuse', cancelSettleMs: 15 * MINUTE_MS },
    faults: {
      ...plan.faults,
      buyers: { ...plan.faults.buyers, ahead: 1 },
      // A create that arrives late, or is said to have failed, makes a code that nobody at all can know of.
      provider: { ...plan.faults.provider, badAnswerAfter: 0.6, transactionFailed: 0, slow: 0 },
    },
  }),
}

export const SETTINGS: readonly Setting[] = [UNSEEN]

/** @throws for a name that no setting has. */
export const settingBy = (name: string | undefined): Setting | undefined => {
  if (name === undefined) return undefined
  const setting = SETTINGS.find((one) => one.name === name)
  if (setting !== undefined) return setting
  throw new Error(`Unknown setting; there are:\n${SETTINGS.map((one) => `  ${one.name}`).join('\n')}`)
}
