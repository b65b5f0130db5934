import type { Attempt, EarlyCancel, Ledger, Refund } from '#embedded/paypay/attempt.ts'

/** The provider's records without a file: as many runs as possible in a second are worth more here than durability. */
export const memoryLedger = (): Ledger & { readonly attempts: () => Iterable<Attempt> } => {
  const attempts = new Map<string, Attempt>()
  const refunds: Refund[] = []
  const cancels = new Map<string, EarlyCancel>()
  const settings = new Map<string, string>()
  const captured = new Map<string, number>()
  const find = (is: (attempt: Attempt) => boolean): Attempt | undefined => [...attempts.values()].find(is)
  return {
    attempts: () => attempts.values(),
    findAttempt: (merchantPaymentId) => attempts.get(merchantPaymentId),
    findAttemptByLinkKey: (linkKey) => find((attempt) => attempt.linkKey === linkKey),
    findAttemptByPaymentId: (paymentId) =>
      find(({ payment }) => payment.state !== 'none' && payment.paymentId === paymentId),
    saveAttempt: (attempt, capturedMinor) => {
      attempts.set(attempt.merchantPaymentId, attempt)
      captured.set(attempt.merchantPaymentId, capturedMinor)
    },
    findRefund: (merchantRefundId, paymentId) =>
      refunds.find(
        (refund) => refund.merchantRefundId === merchantRefundId && refund.paymentId === paymentId,
      ),
    refundsOf: (paymentId) => refunds.filter((refund) => refund.paymentId === paymentId),
    unsettledRefunds: (nowMs) =>
      refunds.filter(({ settlesAtMs }) => settlesAtMs === undefined || settlesAtMs > nowMs),
    saveRefund: (refund) => {
      const known = refunds.findIndex(
        ({ merchantRefundId, paymentId }) =>
          merchantRefundId === refund.merchantRefundId && paymentId === refund.paymentId,
      )
      if (known < 0) refunds.push(refund)
      else refunds[known] = refund
    },
    findEarlyCancel: (merchantPaymentId) => cancels.get(merchantPaymentId),
    saveEarlyCancel: (cancel) => {
      if (!cancels.has(cancel.merchantPaymentId)) cancels.set(cancel.merchantPaymentId, cancel)
    },
    recentAttempts: (limit) => [...attempts.values()].reverse().slice(0, limit),
    totals: () => ({
      attempts: attempts.size,
      paid: [...attempts.values()].filter(({ payment }) => payment.state === 'completed').length,
      capturedMinor: [...captured.values()].reduce((sum, amountMinor) => sum + amountMinor, 0),
      refundedMinor: refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    }),
    readSetting: (name) => settings.get(name),
    writeSetting: (name, value) => {
      settings.set(name, value)
    },
    clear: () => {
      attempts.clear()
      refunds.length = 0
      cancels.clear()
    },
    close: () => {},
  }
}
