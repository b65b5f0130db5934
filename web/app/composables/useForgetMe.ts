const PATIENCE_MS = 20_000

/** Asks the shop to forget who is signed in, and leaves nothing of them in this browser either. */
export const useForgetMe = () => {
  const api = useApi()
  const { refresh, forget: endSession } = useSession()
  const signIn = useOrderSignIn()
  const cart = useCart()
  const isBusy = ref(false)
  const hasFailed = ref(false)

  const ask = () => api.POST('/api/me/forget', { signal: AbortSignal.timeout(PATIENCE_MS) })

  /** Answers whether it is done, or recorded and certain to be done. */
  const forgetMe = async (): Promise<boolean> => {
    if (isBusy.value) return false
    isBusy.value = true
    hasFailed.value = false
    try {
      let { response } = await ask()
      if (response.status === 403 && (await refresh()).authenticated) ({ response } = await ask())
      if (response.status === 401) {
        await signIn()
        return false
      }
      hasFailed.value = !response.ok
      if (!response.ok) return false
      endSession()
      cart.leave()
      clearNuxtState(['checkout-buyer'])
      clearNuxtData('me')
      return true
    } catch {
      hasFailed.value = true
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { forgetMe, isBusy: readonly(isBusy), hasFailed: readonly(hasFailed) }
}
