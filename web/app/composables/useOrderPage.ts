import type { Order } from '~/api/types'

/**
 * The order that a page is about, already in its first HTML. Undefined, and 404, when there is no such order of the
 * reader's. Whoever is no longer signed in goes to sign in; a shop that cannot answer is the error page's matter.
 */
export const useOrderPage = async () => {
  const nuxtApp = useNuxtApp()
  const event = useRequestEvent()
  const fetchOrder = useOrderFetch()
  const signIn = useOrderSignIn()
  const { params, path } = useRoute()
  const orderId = String(params.id)
  // By page: under a key of the order alone, the next page would be given what the last one, still there, began with.
  const { data } = await useAsyncData(`order-page-${path}`, () => fetchOrder(orderId))
  const answer = data.value ?? { kind: 'unavailable' as const }
  if (answer.kind === 'signed-out') await signIn()
  if (answer.kind === 'unavailable') throw createError({ statusCode: 503, fatal: true })
  if (answer.kind === 'missing' && event !== undefined)
    void nuxtApp.runWithContext(() => {
      setResponseStatus(event, 404)
    })
  const order: Order | undefined = answer.kind === 'order' ? answer.order : undefined
  return { orderId, order }
}
