import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import type { DevelopmentIssuer } from '#platform/identity/development-issuer.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import { loadMasterKey } from '#platform/keyring/master-key.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import { loadSecret } from '#platform/keyring/secret-file.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import { openIdentity } from './identity.ts'

export interface PeopleOptions {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/** What one process needs to know people, and to keep what is theirs. */
export interface People {
  readonly keyring: Keyring
  readonly sessions: SessionStore
  readonly identity: IdentityVerifier
  /** Present only while tokens may be made without a real issuer. */
  readonly developmentIssuer?: DevelopmentIssuer
  /** Signs socket tokens. */
  readonly channelSecret: Uint8Array
  readonly close: () => Promise<void>
}

/** Opens the engines as configured. */
export const openPeople = async ({ config, clock, logger }: PeopleOptions): Promise<People> => {
  const dataDir = config.KESSAI_DATA
  const keyring = openSqliteKeyring(
    join(dataDir, 'keyring.db'),
    loadMasterKey({
      dataDir,
      ...(config.KESSAI_MASTER_KEY === undefined ? {} : { fromEnvironment: config.KESSAI_MASTER_KEY }),
    }),
  )
  const sessions = openSqliteSessions({ file: join(dataDir, 'sessions.db'), clock })
  const { close: closeIdentity, ...identity } = await openIdentity({ config, clock, logger })
  return {
    keyring,
    sessions,
    ...identity,
    channelSecret: loadSecret(dataDir, 'channel.key'),
    close: async () => {
      await closeIdentity()
      await sessions.close()
      await keyring.close()
    },
  }
}
