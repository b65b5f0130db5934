import type { Logger } from 'pino'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { firebaseOf, type FirebaseProject } from '#platform/config/firebase.ts'
import { developmentIssuer, type DevelopmentIssuer } from '#platform/identity/development-issuer.ts'
import { firebaseAccounts, type FirebaseAccounts } from '#platform/identity/firebase-accounts.ts'
import { firebaseIdentity } from '#platform/identity/firebase.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'

export interface IdentityOptions {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** Who says who somebody is. */
export interface OpenIdentity {
  readonly identity: IdentityVerifier
  /** Present only while tokens may be made without a real issuer. */
  readonly developmentIssuer?: DevelopmentIssuer
  readonly close: () => Promise<void>
}

/** Firebase where a project is named, and the development issuer otherwise; says in the log which. */
export const openIdentity = async ({ config, clock, logger }: IdentityOptions): Promise<OpenIdentity> => {
  const project = firebaseOf(config)
  if (project === undefined) {
    const issuer = await developmentIssuer({ dataDir: config.KESSAI_DATA, clock })
    logger.warn('Development sign-in: anybody may be anybody, with any role')
    return { identity: issuer, developmentIssuer: issuer, close: async () => {} }
  }
  const { projectId, emulatorHost } = project
  const accounts = await firebaseAccounts({
    projectId,
    ...(emulatorHost === undefined ? {} : { emulatorHost }),
  })
  if (emulatorHost === undefined) logger.info({ projectId }, 'Firebase signs people in')
  else
    logger.warn(
      { projectId, emulatorHost },
      'An emulator of Firebase signs people in: its tokens are not signed',
    )
  void tellWhetherItAnswers(accounts, project, logger)
  return {
    identity: firebaseIdentity({
      projectId,
      accounts,
      clock,
      ...(emulatorHost === undefined ? {} : { keys: 'unsigned' }),
    }),
    close: accounts.close,
  }
}

/** No account has this name, and asking for it takes the very credentials that sign-ins take. */
const NOBODY = 'kessai-start'

/** Nobody waits for it: the shop sells while Firebase is away, and an operator learns early that nobody can sign in. */
const tellWhetherItAnswers = async (
  accounts: FirebaseAccounts,
  { projectId }: FirebaseProject,
  logger: IdentityOptions['logger'],
): Promise<void> => {
  try {
    await accounts.find(NOBODY)
    logger.info({ projectId }, 'Firebase answers about accounts')
  } catch (error) {
    logger.warn(
      { projectId, reason: String(error) },
      'Firebase does not answer about accounts, so nobody can sign in until it does. It needs the application default credentials of a service account: see GOOGLE_APPLICATION_CREDENTIALS',
    )
  }
}
