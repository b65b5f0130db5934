import { initializeApp } from 'firebase/app'
import {
  applyActionCode,
  browserPopupRedirectResolver,
  confirmPasswordReset,
  connectAuthEmulator,
  createUserWithEmailAndPassword,
  getRedirectResult,
  GoogleAuthProvider,
  initializeAuth,
  inMemoryPersistence,
  sendEmailVerification,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
  signInWithPopup,
  signInWithRedirect,
  signOut,
  verifyPasswordResetCode,
  type Auth,
  type User,
} from 'firebase/auth'
import { isWithoutPopup } from './entry-problem'
import { leaveForGoogle } from './google-trip'

/** Which project signs people in; as the shop tells it. */
export interface FirebaseSettings {
  readonly projectId: string
  readonly apiKey: string
  readonly authDomain: string
  readonly emulatorHost?: string | undefined
}

const PATIENCE_MS = 15_000

let opened: Auth | undefined

/**
 * Firebase's web SDK, loaded by the pages that need it. Nothing of Firebase stays: the session is the shop's own cookie,
 * so each way in ends with an ID token, and with Firebase signed out again.
 */
export const firebaseEntry = (settings: FirebaseSettings, language: string) => {
  opened ??= open(settings)
  const auth = opened
  auth.languageCode = language

  const idTokenOf = async (user: User): Promise<string> => {
    const idToken = await user.getIdToken()
    await signOut(auth)
    return idToken
  }
  const google = (): GoogleAuthProvider => {
    const provider = new GoogleAuthProvider()
    // Without this a browser that several people use would take whoever was there last.
    provider.setCustomParameters({ prompt: 'select_account' })
    return provider
  }

  return {
    signIn: (email: string, password: string): Promise<string> =>
      within(async () => idTokenOf((await signInWithEmailAndPassword(auth, email, password)).user)),

    /** Answers whether the mail to confirm the address is on its way, too; without it there is an account all the same. */
    signUp: (email: string, password: string): Promise<{ idToken: string; isMailSent: boolean }> =>
      within(async () => {
        const { user } = await createUserWithEmailAndPassword(auth, email, password)
        const isMailSent = await sendEmailVerification(user).then(
          () => true,
          () => false,
        )
        return { idToken: await idTokenOf(user), isMailSent }
      }),

    /** Opens a window of Google's. Where there can be none the whole page goes there, and this never answers. */
    signInAtGoogle: async (): Promise<string> => {
      try {
        return await idTokenOf((await signInWithPopup(auth, google(), browserPopupRedirectResolver)).user)
      } catch (error) {
        if (!isWithoutPopup(error)) throw error
        leaveForGoogle()
        return await signInWithRedirect(auth, google(), browserPopupRedirectResolver)
      }
    },

    /** The ID token of somebody who comes back from Google's page; undefined when they turned round there. */
    backFromGoogle: async (): Promise<string | undefined> => {
      const result = await within(() => getRedirectResult(auth, browserPopupRedirectResolver))
      return result === null ? undefined : await idTokenOf(result.user)
    },

    sendResetMail: (email: string): Promise<void> => within(() => sendPasswordResetEmail(auth, email)),

    /** The address a link to choose a new password was sent to. */
    addressOfReset: (code: string): Promise<string> => within(() => verifyPasswordResetCode(auth, code)),

    resetPassword: (code: string, password: string): Promise<void> =>
      within(() => confirmPasswordReset(auth, code, password)),

    confirmAddress: (code: string): Promise<void> => within(() => applyActionCode(auth, code)),
  }
}

export type FirebaseEntry = ReturnType<typeof firebaseEntry>

const open = ({ projectId, apiKey, authDomain, emulatorHost }: FirebaseSettings): Auth => {
  const auth = initializeAuth(initializeApp({ projectId, apiKey, authDomain }), {
    persistence: inMemoryPersistence,
  })
  if (emulatorHost !== undefined)
    connectAuthEmulator(auth, `http://${emulatorHost}`, { disableWarnings: true })
  return auth
}

const within = async <T>(work: () => Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException('No answer', 'TimeoutError'))
    }, PATIENCE_MS)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
