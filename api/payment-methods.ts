import type { PaymentMethod } from '#domain/order/events.ts'
import type { ApiDependencies } from './dependencies.ts'

/** Whether an order can be paid this way now. The wallet is named in the contract and not built yet. */
export const isPaymentAvailable = (
  { paypayAvailable }: Pick<ApiDependencies, 'paypayAvailable'>,
  method: PaymentMethod,
): boolean => method === 'PAYPAY' && (paypayAvailable?.() ?? true)
