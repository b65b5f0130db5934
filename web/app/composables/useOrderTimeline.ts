import { storyOf } from '~/payment/timeline-story'

/** An order's story, asked for again whenever the order has moved on. What was known stays until more is known. */
export const useOrderTimeline = (orderId: string, position: () => number) => {
  const api = useApi()
  const { data, status, refresh } = useAsyncData(`timeline-${orderId}`, async () => {
    const query = { position: position() }
    const { data, response } = await api.GET('/api/orders/{id}/timeline', {
      params: { path: { id: orderId }, query },
    })
    if (data === undefined) throw createError({ statusCode: response.status })
    return data.items
  })
  const stop = watch(position, () => refresh())
  onScopeDispose(stop)
  return {
    steps: computed(() => (data.value == null ? undefined : storyOf(data.value))),
    state: computed(() => (status.value === 'error' && data.value == null ? 'failed' : 'there')),
    retry: () => refresh(),
  }
}
