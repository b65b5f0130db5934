/** Why nobody was signed in; a key of the words that say so. */
export type SignInProblem = 'email' | 'refused' | 'throttled' | 'resting' | 'offline' | 'unavailable'

/** The cart goes on being saved after this, wherever the buyer is by then. */
const CART_PATIENCE_MS = 3_000
const USUAL_WAIT_SECONDS = 30

/** Turns an ID token into a session of the shop, and brings the cart along. */
export const useOpenSession = () => {
  const api = useApi()
  const state = useSessionState()
  const { refresh } = useSession()
  const cart = useCart()
  const waitSeconds = ref(0)

  const problemIn = (response: Response, code: string | undefined): SignInProblem => {
    if (response.status === 429) {
      const seconds = Math.ceil(Number(response.headers.get('retry-after')))
      waitSeconds.value = seconds > 0 ? seconds : USUAL_WAIT_SECONDS
      return 'throttled'
    }
    if (code === 'REDIS_UNAVAILABLE' || code === 'sign-in-unavailable') return 'resting'
    if (response.status >= 500) return 'offline'
    if (response.status === 404 || response.status === 405) return 'unavailable'
    return code === 'validation-failed' ? 'email' : 'refused'
  }

  /** Answers why not, or undefined once somebody is signed in. Throws when the shop cannot be reached. */
  const openSession = async (
    idToken: string,
    signal: AbortSignal,
    email?: string,
  ): Promise<SignInProblem | undefined> => {
    const session = await api.POST('/api/auth/session', { body: { idToken }, signal })
    if (session.data === undefined) return problemIn(session.response, session.error?.code)
    const { csrfToken, customerId, roles } = session.data
    const { developmentSignIn } = state.value
    if (!(await refresh()).authenticated)
      state.value = { authenticated: true, csrfToken, customerId, email, roles, developmentSignIn }
    await withinPatience(cart.sync({ refresh: true }))
    return undefined
  }

  return { openSession, problemIn, waitSeconds }
}

/** Waits for the cart to be saved, but not for long. */
export const withinPatience = async (work: Promise<unknown>): Promise<void> => {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, CART_PATIENCE_MS))])
}
