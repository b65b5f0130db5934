import type { OrderAnswer } from '~/payment/live-order'

/** The longest a question about an order may take before it counts as unanswered. */
const PATIENCE_MS = 10_000

/** Asks for one order of the reader's own. Never throws: what could not be learned is `unavailable`. */
export const useOrderFetch = () => {
  const api = useApi()
  return async (orderId: string): Promise<OrderAnswer> => {
    const answer = await api
      .GET('/api/orders/{id}', {
        params: { path: { id: orderId } },
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      .catch(() => undefined)
    if (answer?.data !== undefined) return { kind: 'order', order: answer.data }
    if (answer?.response.status === 401) return { kind: 'signed-out' }
    return { kind: answer?.response.status === 404 ? 'missing' : 'unavailable' }
  }
}
