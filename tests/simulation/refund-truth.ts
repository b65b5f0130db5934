import { z } from 'zod'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { SimulatedPayPay } from './simulated-paypay.ts'
import type { Violation } from './violation.ts'

export interface RefundTruthOptions {
  readonly paypay: () => SimulatedPayPay
  readonly nowMs: () => number
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
}

const Requested = z.object({ method: z.string() })
const Completed = z.object({ refundId: z.string() })

/** A refund is booked as done only when the provider is done with it: until then the buyer has nothing. */
export const refundTruth = ({ paypay, nowMs, found }: RefundTruthOptions) => {
  /** Streams of attempts that wallets pay: what is done there stands in the log, and its own rules look at that. */
  const ofWallets = new Set<string>()
  const see = ({ stream, type, data, metadata }: RecordedEvent): void => {
    if (type === 'PaymentRequested' && Requested.parse(data).method === 'WALLET') ofWallets.add(stream)
    if (type !== 'RefundCompleted' || !stream.startsWith('payment-') || ofWallets.has(stream)) return
    const { refundId } = Completed.parse(data)
    const { ledger } = paypay()
    const payment = ledger.findAttempt(stream.slice('payment-'.length))?.payment
    const refund = payment?.state === 'completed' ? ledger.findRefund(refundId, payment.paymentId) : undefined
    if (refund?.settlesAtMs !== undefined && refund.settlesAtMs <= nowMs()) return
    found({
      rule: 'I1',
      message: 'A refund was booked as done that the provider has not done',
      orderId: metadata.correlationId,
      facts: { refundId, provider: refund === undefined ? 'does not know it' : 'is at it' },
    })
  }
  return { see }
}
