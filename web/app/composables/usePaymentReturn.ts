import { hasEnded } from '~/payment/order-news'

/** `stranger`: not the buyer, or not signed in any more. `unreachable`: nothing was learned; asking again is safe. */
export type ReturnState = 'asking' | 'stranger' | 'unreachable'

/** Asks PayPay on return and goes on: to the result when the order has ended, else to the payment with PayPay's word. */
export const usePaymentReturn = (orderId: string) => {
  const localePath = useLocalePath()
  const question = usePaymentQuestion(orderId)
  const perform = usePaymentCall()
  const verdict = usePaymentVerdict(orderId)
  const state = ref<ReturnState>('asking')
  let isUnderWay = false

  const ask = async (): Promise<void> => {
    if (isUnderWay) return
    isUnderWay = true
    state.value = 'asking'
    const reply = await perform(question)
    isUnderWay = false
    const status = reply?.response.status
    if (status === 401 || status === 404) state.value = 'stranger'
    else if (reply?.data === undefined) state.value = 'unreachable'
    else {
      const { asked, position } = reply.data
      verdict.value = asked === undefined ? undefined : { asked, position }
      const page = hasEnded(reply.data) ? 'result' : 'payment'
      await navigateTo(localePath(`/orders/${orderId}/${page}`), { replace: true })
    }
  }
  return { state: readonly(state), ask }
}
