import { join } from 'node:path'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { developmentIssuer, type DevelopmentIssuer } from '#platform/identity/development-issuer.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import { loadMasterKey } from '#platform/keyring/master-key.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import { loadSecret } from '#platform/keyring/secret-file.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'

export interface PeopleOptions {
  readonly config: Config
  readonly clock: Clock
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

/** The customers' keys; any number of processes may have them open. */
export const openKeyring = ({ KESSAI_DATA: dataDir, KESSAI_MASTER_KEY: masterKey }: Config): Keyring =>
  openSqliteKeyring(
    join(dataDir, 'keyring.db'),
    loadMasterKey({ dataDir, ...(masterKey === undefined ? {} : { fromEnvironment: masterKey }) }),
  )

/** Opens the engines as configured. */
export const openPeople = async ({ config, clock }: PeopleOptions): Promise<People> => {
  const dataDir = config.KESSAI_DATA
  const keyring = openKeyring(config)
  const sessions = openSqliteSessions({ file: join(dataDir, 'sessions.db'), clock })
  const issuer = await developmentIssuer({ dataDir, clock })
  return {
    keyring,
    sessions,
    identity: issuer,
    developmentIssuer: issuer,
    channelSecret: loadSecret(dataDir, 'channel.key'),
    close: async () => {
      await sessions.close()
      await keyring.close()
    },
  }
}
