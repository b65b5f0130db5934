import { z } from 'zod'
import type { RecordedEvent } from '#platform/eventstore/port.ts'

/** One order as its buyer sees it on a page that is always fresh. */
export interface OrderView {
  readonly orderId: string
  status: 'PENDING' | 'WAITING_PAYMENT' | 'PAID' | 'FAILED' | 'CANCELLED' | 'REFUNDED'
  totalMinor: number
  windowEndsAtMs: number
  /** The attempt whose code is shown. */
  shown: string | undefined
  /** Every code that was ever issued, oldest first. */
  readonly codes: { readonly merchantPaymentId: string; readonly expiresAtMs: number }[]
  /** Attempts whose money the order has judged. */
  readonly judged: Set<string>
}

const Placed = z.object({ total: z.object({ amountMinor: z.int() }), paymentWindowEndsAtMs: z.int() })
const Attempt = z.object({ merchantPaymentId: z.string() })
const Code = z.object({ expiresAtMs: z.int() })

/** All orders, kept from the log as it grows. */
export const orderViews = () => {
  const views = new Map<string, OrderView>()
  const see = ({ stream, type, data, metadata }: RecordedEvent): void => {
    const orderId = metadata.correlationId
    if (type === 'OrderPlaced') {
      const { total, paymentWindowEndsAtMs } = Placed.parse(data)
      views.set(orderId, {
        orderId,
        status: 'PENDING',
        totalMinor: total.amountMinor,
        windowEndsAtMs: paymentWindowEndsAtMs,
        shown: undefined,
        codes: [],
        judged: new Set(),
      })
      return
    }
    const view = views.get(orderId)
    if (view === undefined) return
    switch (type) {
      case 'OrderAwaitingPayment':
        view.status = 'WAITING_PAYMENT'
        view.shown = Attempt.parse(data).merchantPaymentId
        return
      case 'PaymentCodeIssued':
        view.codes.push({
          merchantPaymentId: stream.slice('payment-'.length),
          expiresAtMs: Code.parse(data).expiresAtMs,
        })
        return
      case 'OrderPaid':
        view.status = 'PAID'
        view.judged.add(Attempt.parse(data).merchantPaymentId)
        return
      case 'OrderRefunded':
        view.status = 'REFUNDED'
        return
      case 'SurplusPaymentRecorded':
        view.judged.add(Attempt.parse(data).merchantPaymentId)
        return
      case 'OrderFailed':
        view.status = 'FAILED'
        return
      case 'OrderCancelled':
        view.status = 'CANCELLED'
        return
      default:
    }
  }
  return { see, of: (orderId: string) => views.get(orderId), all: () => [...views.values()] }
}

export type OrderViews = ReturnType<typeof orderViews>

export const isEnded = ({ status }: OrderView): boolean =>
  status !== 'PENDING' && status !== 'WAITING_PAYMENT'
