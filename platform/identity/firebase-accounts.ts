import { z } from 'zod'
import { IdentityUnavailable } from './port.ts'

/** What Firebase says today of an account that once got a token. */
export interface Account {
  readonly disabled: boolean
  /** Tokens of sign-ins before this were revoked. */
  readonly validSinceMs: number
}

export interface FirebaseAccounts {
  /**
   * The account behind a subject; undefined when there is none, or no more.
   * @throws IdentityUnavailable when Firebase did not say. It may take long to say so: bound it.
   */
  readonly find: (subject: string) => Promise<Account | undefined>
  /**
   * Deletes the account. Repeatable.
   * @throws IdentityUnavailable when Firebase did not say that it is gone: try again.
   */
  readonly remove: (subject: string) => Promise<void>
  readonly close: () => Promise<void>
}

export interface FirebaseAccountsOptions {
  readonly projectId: string
  /** `host:port` of an emulator; never in production. */
  readonly emulatorHost?: string
}

/** The library's own word for the emulator. It looks there at each call, and nowhere else. */
const EMULATOR_VARIABLE = 'FIREBASE_AUTH_EMULATOR_HOST'
const NO_SUCH_ACCOUNT = 'auth/user-not-found'

let opened = 0

/**
 * Asks Firebase with the application's default credentials. The library is loaded here and not before: a shop without
 * Firebase starts without it. There is one emulator per process, because the library knows no other way.
 */
export const firebaseAccounts = async ({
  projectId,
  emulatorHost,
}: FirebaseAccountsOptions): Promise<FirebaseAccounts> => {
  if (emulatorHost === undefined) delete process.env[EMULATOR_VARIABLE]
  else process.env[EMULATOR_VARIABLE] = emulatorHost
  const [{ deleteApp, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ])
  const app = initializeApp({ projectId }, `kessai-${(opened += 1)}`)
  const auth = getAuth(app)
  return {
    find: async (subject) => {
      try {
        const { disabled, tokensValidAfterTime } = await auth.getUser(subject)
        const validSinceMs = tokensValidAfterTime === undefined ? 0 : Date.parse(tokensValidAfterTime)
        if (!Number.isFinite(validSinceMs)) throw new IdentityUnavailable('Unreadable: tokensValidAfterTime')
        return { disabled, validSinceMs }
      } catch (error) {
        if (error instanceof IdentityUnavailable) throw error
        const code = codeOf(error)
        if (code === NO_SUCH_ACCOUNT) return undefined
        // The library's sentences may quote the account.
        throw new IdentityUnavailable(`Firebase: ${code}`)
      }
    },
    remove: async (subject) => {
      try {
        await auth.deleteUser(subject)
      } catch (error) {
        const code = codeOf(error)
        if (code !== NO_SUCH_ACCOUNT) throw new IdentityUnavailable(`Firebase: ${code}`)
      }
    },
    close: () => deleteApp(app),
  }
}

const Coded = z.looseObject({ code: z.string().max(100) })

const codeOf = (error: unknown): string => {
  const coded = Coded.safeParse(error)
  if (coded.success) return coded.data.code
  return error instanceof Error ? error.name : 'unknown'
}
