import { alerts } from './alerts/projection.ts'
import { eventLog } from './event-log/projection.ts'
import { inconsistency } from './inconsistency/projection.ts'
import { orderAudit } from './order-audit/projection.ts'
import { orderSummary } from './order-summary/projection.ts'
import { orderTimeline } from './order-timeline/projection.ts'
import { paymentLatency } from './payment-latency/projection.ts'
import { products } from './products/projection.ts'
import type { Projection } from './projection.ts'
import { walletEntries } from './wallet/entries.ts'
import { wallet } from './wallet/projection.ts'

/** Every question the shop answers from the log; the host feeds them all from one subscription. */
export const shopProjections: readonly Projection[] = [
  orderSummary,
  orderTimeline,
  orderAudit,
  eventLog,
  paymentLatency,
  inconsistency,
  products,
  alerts,
  wallet,
  walletEntries,
]
