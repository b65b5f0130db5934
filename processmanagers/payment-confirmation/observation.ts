import type { PaymentProvider } from '#platform/paypay/port.ts'
import type { Observation } from '#domain/payment/events.ts'

/** The provider's answer as a fact for the books; undefined when it said nothing that can be relied on. */
export const observationFrom = (
  answer: Awaited<ReturnType<PaymentProvider['paymentDetails']>>,
): Observation | undefined => {
  if (answer.kind !== 'ok') return undefined
  const details = answer.value
  if (details.kind === 'not-found') return { status: 'not-found', refunds: [] }
  const { status, paymentId, amountMinor, currency, acceptedAtMs, refunds } = details
  return {
    status,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(amountMinor === undefined || currency === undefined ? {} : { amount: { amountMinor, currency } }),
    ...(acceptedAtMs === undefined ? {} : { acceptedAtMs }),
    refunds: [...refunds],
  }
}
