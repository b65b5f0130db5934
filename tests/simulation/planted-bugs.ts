import type { Planted } from './planted.ts'
import { PLANTED_AT_THE_EDGES } from './planted-at-the-edges.ts'
import { PLANTED_IN_CANCELS } from './planted-in-cancels.ts'
import { PLANTED_IN_ALERTS } from './planted-in-alerts.ts'
import { PLANTED_IN_DECISIONS } from './planted-in-decisions.ts'
import { PLANTED_IN_COPIES } from './planted-in-copies.ts'
import { PLANTED_IN_REFUNDS } from './planted-in-refunds.ts'
import { PLANTED_IN_WALLETS } from './planted-in-wallets.ts'

/** Every mistake that the simulation is shown to find. */
export const PLANTED: readonly Planted[] = [
  ...PLANTED_AT_THE_EDGES,
  ...PLANTED_IN_CANCELS,
  ...PLANTED_IN_DECISIONS,
  ...PLANTED_IN_REFUNDS,
  ...PLANTED_IN_WALLETS,
  ...PLANTED_IN_COPIES,
  ...PLANTED_IN_ALERTS,
]

/** @throws for a name that no planted bug has. */
export const plantedBy = (name: string | undefined): Planted | undefined => {
  if (name === undefined) return undefined
  const planted = PLANTED.find((one) => one.name === name)
  if (planted !== undefined) return planted
  throw new Error(`Unknown bug; there are:\n${PLANTED.map((one) => `  ${one.name}`).join('\n')}`)
}
