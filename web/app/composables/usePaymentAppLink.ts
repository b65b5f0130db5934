import type { Order } from '~/api/types'

/** Where the buyer's own app opens the payment. The simulator's app is a web page; PayPay's has its own kind of link. */
export const usePaymentAppLink = (payment: () => Order['payment']) => {
  const { data: shop } = useShop()
  return computed(() => {
    const { url, deeplink } = payment() ?? {}
    return shop.value?.simulatedPayments === false ? (deeplink ?? url) : url
  })
}
