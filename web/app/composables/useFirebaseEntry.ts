import { entryProblemOf, type EntryProblem } from '~/sign-in/entry-problem'
import type { FirebaseEntry, FirebaseSettings } from '~/sign-in/firebase'
import type { SignInProblem } from '~/composables/useOpenSession'

const SESSION_PATIENCE_MS = 10_000

/** The settings of Firebase, where this shop signs people in with it. */
export const firebaseSettingsOf = (shop: Shop | undefined): FirebaseSettings | undefined =>
  shop?.signIn.kind === 'firebase' ? shop.signIn : undefined

/** Signing in and up with Firebase. Its code comes when somebody begins. */
export const useFirebaseEntry = (settings: () => FirebaseSettings | undefined) => {
  const { locale } = useI18n()
  const { openSession } = useOpenSession()
  const problem = ref<EntryProblem>()
  const isBusy = ref(false)

  const load = async (): Promise<FirebaseEntry> => {
    const project = settings()
    if (project === undefined) throw new Error('Firebase is not configured')
    const { firebaseEntry } = await import('~/sign-in/firebase')
    return firebaseEntry(project, locale.value)
  }

  /** Does one thing at a time; undefined when it did not work, and `problem` then says why. */
  const attempt = async <T>(work: (firebase: FirebaseEntry) => Promise<T>): Promise<T | undefined> => {
    if (isBusy.value) return undefined
    isBusy.value = true
    problem.value = undefined
    try {
      return await work(await load())
    } catch (error) {
      problem.value = entryProblemOf(error)
      return undefined
    } finally {
      isBusy.value = false
    }
  }

  /** Answers whether somebody is signed in to the shop now. */
  const enter = async (
    wayIn: (firebase: FirebaseEntry) => Promise<string | undefined>,
    email?: string,
  ): Promise<boolean> => {
    const isIn = await attempt(async (firebase) => {
      const idToken = await wayIn(firebase)
      if (idToken === undefined) return false
      const refusal = await openSession(idToken, AbortSignal.timeout(SESSION_PATIENCE_MS), email)
      if (refusal !== undefined) problem.value = fromSession(refusal)
      return refusal === undefined
    })
    return isIn === true
  }

  /** Fetches the code when somebody is about to need it: a browser opens a window only right after a press. */
  const prepare = async (): Promise<void> => {
    if (settings() !== undefined) await load().catch(() => undefined)
  }

  return { problem, isBusy, attempt, enter, prepare }
}

const fromSession = (refusal: SignInProblem): EntryProblem => (refusal === 'email' ? 'refused' : refusal)
