import type { StaffRole } from '~/admin/roles'
import { withinPatience, type SignInProblem } from '~/composables/useOpenSession'

const PATIENCE_MS = 10_000

/** Development sign-in: a token for whoever asks, which then passes the same checks as any other. */
export const useSignIn = () => {
  const api = useApi()
  const { openSession, problemIn, waitSeconds } = useOpenSession()
  const problem = ref<SignInProblem>()
  const isBusy = ref(false)

  const enter = async (email: string, wanted?: readonly StaffRole[]): Promise<SignInProblem | undefined> => {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const token = await api.POST('/api/dev/sign-in', {
      body: { email, ...(wanted === undefined ? {} : { roles: [...wanted] }) },
      signal,
    })
    if (token.data === undefined) return problemIn(token.response, token.error?.code)
    return await openSession(token.data.idToken, signal, email)
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
