import { impossible } from '#domain/decider.ts'
import type { Letter } from './letter.ts'
import { cancelled, failed } from './letters/failed.ts'
import { paid } from './letters/paid.ts'
import { received } from './letters/received.ts'
import { refunded, surplusRefunded } from './letters/refunded.ts'
import type { Writing } from './letters/writing.ts'
import type { OwedMail, Placed } from './owed.ts'

/** The shop's letters, each in the language the order was placed in. */
export const wording =
  (shop: Omit<Writing, 'placed'>) =>
  (placed: Placed, { tidings }: Pick<OwedMail, 'tidings'>): Letter => {
    const writing = { ...shop, placed }
    switch (tidings.kind) {
      case 'received':
        return received(writing, tidings)
      case 'paid':
        return paid(writing, tidings)
      case 'failed':
        return failed(writing, tidings)
      case 'cancelled':
        return cancelled(writing, tidings)
      case 'partly-refunded':
      case 'refunded':
        return refunded(writing, tidings)
      case 'surplus-refunded':
        return surplusRefunded(writing, tidings)
      default:
        return impossible(tidings)
    }
  }
