import type { StaffRole } from '~/admin/roles'

/** Why nobody was signed in; a key of the words that say so. */
export type SignInProblem = 'email' | 'refused' | 'throttled' | 'resting' | 'offline' | 'unavailable'

const PATIENCE_MS = 10_000
/** The cart goes on being saved after this, wherever the buyer is by then. */
const CART_PATIENCE_MS = 3_000
const USUAL_WAIT_SECONDS = 30

/** Development sign-in: a token for whoever asks, which then passes the same checks as any other. */
export const useSignIn = () => {
  const api = useApi()
  const state = useSessionState()
  const { refresh } = useSession()
  const cart = useCart()
  const problem = ref<SignInProblem>()
  const waitSeconds = ref(0)
  const isBusy = ref(false)

  const problemIn = (response: Response, code: string | undefined): SignInProblem => {
    if (response.status === 429) {
      const seconds = Math.ceil(Number(response.headers.get('retry-after')))
      waitSeconds.value = seconds > 0 ? seconds : USUAL_WAIT_SECONDS
      return 'throttled'
    }
    if (code === 'REDIS_UNAVAILABLE') return 'resting'
    if (response.status >= 500) return 'offline'
    if (response.status === 404 || response.status === 405) return 'unavailable'
    return code === 'validation-failed' ? 'email' : 'refused'
  }

  const enter = async (email: string, wanted?: readonly StaffRole[]): Promise<SignInProblem | undefined> => {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const token = await api.POST('/api/dev/sign-in', {
      body: { email, ...(wanted === undefined ? {} : { roles: [...wanted] }) },
      signal,
    })
    if (token.data === undefined) return problemIn(token.response, token.error?.code)
    const { idToken } = token.data
    const session = await api.POST('/api/auth/session', { body: { idToken }, signal })
    if (session.data === undefined) return problemIn(session.response, session.error?.code)
    const { csrfToken, customerId, roles } = session.data
    if (!(await refresh()).authenticated)
      state.value = { authenticated: true, csrfToken, customerId, email, roles, developmentSignIn: true }
    await withinPatience(cart.sync({ refresh: true }))
    return undefined
  }

  /** Answers whether somebody is signed in now; otherwise `problem` says why not. */
  const signIn = async (email: string, roles?: readonly StaffRole[]): Promise<boolean> => {
    if (isBusy.value) return false
    isBusy.value = true
    problem.value = undefined
    try {
      problem.value = await enter(email, roles).catch((): SignInProblem => 'offline')
      return problem.value === undefined
    } finally {
      isBusy.value = false
    }
  }

  return { signIn, problem, waitSeconds, isBusy }
}

/** Signing out, here or on every device. The cart stays in the account and leaves this browser. */
export const useSignOut = () => {
  const api = useApi()
  const { refresh, forget } = useSession()
  const cart = useCart()
  const isBusy = ref(false)
  const hasFailed = ref(false)

  const end = async (everywhere: boolean): Promise<boolean> => {
    await withinPatience(cart.sync())
    const ask = () =>
      api.POST('/api/auth/logout', { body: { everywhere }, signal: AbortSignal.timeout(PATIENCE_MS) })
    let { response } = await ask()
    if (response.status === 403 && (await refresh()).authenticated) ({ response } = await ask())
    return response.ok || response.status === 401
  }

  /** Answers whether nobody is signed in any more. */
  const signOut = async ({
    everywhere = false,
  }: { readonly everywhere?: boolean } = {}): Promise<boolean> => {
    if (isBusy.value) return false
    isBusy.value = true
    try {
      const isOut = await end(everywhere).catch(() => false)
      hasFailed.value = !isOut
      if (!isOut) return false
      forget()
      cart.leave()
      clearNuxtState(['checkout-buyer'])
      return true
    } finally {
      isBusy.value = false
    }
  }

  return { signOut, isBusy: readonly(isBusy), hasFailed: readonly(hasFailed) }
}

const withinPatience = async (work: Promise<unknown>): Promise<void> => {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, CART_PATIENCE_MS))])
}
