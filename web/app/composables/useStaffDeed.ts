import { deedProblem, type DeedProblem } from '~/admin/deed-problem'

interface DeedAnswer<T> {
  readonly data?: T | undefined
  readonly error?:
    { readonly code?: string; readonly errors?: readonly { readonly path: string }[] } | undefined
  readonly response: Response
}

/** One thing that staff do on a page: under way, done, or why not. Whoever is no longer signed in goes to sign in. */
export const useStaffDeed = () => {
  const signIn = useOrderSignIn()
  const { refresh } = useSession()
  const isBusy = ref(false)
  const isDone = ref(false)
  const problem = ref<DeedProblem>()
  /** Which fields the problem is about. */
  const fields = ref<readonly string[]>([])

  const forget = (): void => {
    isDone.value = false
    problem.value = undefined
    fields.value = []
  }

  /** Answers what came of it; undefined when it was not done. `ask` may be called twice, and must be safe to repeat. */
  const run = async <T>(ask: () => Promise<DeedAnswer<T>>): Promise<T | undefined> => {
    if (isBusy.value) return undefined
    isBusy.value = true
    forget()
    try {
      let answer = await ask()
      // The session may have been renewed by another tab.
      if (answer.error?.code === 'csrf-token-invalid' && (await refresh()).authenticated) answer = await ask()
      if (answer.data !== undefined) {
        isDone.value = true
        return answer.data
      }
      if (answer.response.status === 401) await signIn()
      else problem.value = deedProblem(answer.error?.code)
      fields.value = answer.error?.errors?.map(({ path }) => path) ?? []
    } catch {
      problem.value = 'offline'
    } finally {
      isBusy.value = false
    }
    return undefined
  }

  return {
    run,
    forget,
    isBusy: readonly(isBusy),
    isDone: readonly(isDone),
    problem: readonly(problem),
    fields: readonly(fields),
  }
}
