import type { PaymentMethod } from '#domain/order/events.ts'
import type { ApiDependencies } from './dependencies.ts'

/** Whether an order can be paid this way now. Whether a wallet holds enough is known only once it is asked. */
export const isPaymentAvailable = (
  { paypayAvailable }: Pick<ApiDependencies, 'paypayAvailable'>,
  method: PaymentMethod,
): boolean => method === 'WALLET' || (paypayAvailable?.() ?? true)
