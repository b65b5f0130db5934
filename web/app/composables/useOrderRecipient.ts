/** Whom the order goes to. Asked from the browser only, so that an address is in no rendered page that is kept anywhere. */
export const useOrderRecipient = (orderId: string) => {
  const api = useApi()
  const { data, status, refresh } = useAsyncData(
    `recipient-${orderId}`,
    async () => {
      const { data, response } = await api.GET('/api/orders/{id}/recipient', {
        params: { path: { id: orderId } },
      })
      if (data === undefined) throw createError({ statusCode: response.status })
      return data
    },
    { server: false, lazy: true },
  )
  return {
    recipient: data,
    state: computed(() =>
      status.value === 'error' ? 'failed' : status.value === 'success' ? 'there' : 'loading',
    ),
    retry: () => refresh(),
  }
}
