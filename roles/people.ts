import { join } from 'node:path'
import type { Config } from '#platform/config/config.ts'
import type { DevelopmentIssuer } from '#platform/identity/development-issuer.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import { loadMasterKey } from '#platform/keyring/master-key.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import { loadSecret } from '#platform/keyring/secret-file.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { openIdentity } from './identity.ts'
import { openSessions, type OpenSessions, type SessionsOptions } from './people-sessions.ts'

export type PeopleOptions = SessionsOptions

/** What one process needs to know people, and to keep what is theirs. */
export interface People extends OpenSessions {
  readonly keyring: Keyring
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
export const openPeople = async (options: PeopleOptions): Promise<People> => {
  const { config } = options
  const keyring = openKeyring(config)
  const opened = openSessions(options)
  const { close: closeIdentity, ...identity } = await openIdentity(options)
  return {
    ...opened,
    keyring,
    ...identity,
    channelSecret: loadSecret(config.KESSAI_DATA, 'channel.key'),
    close: async () => {
      await closeIdentity()
      await opened.sessions.close()
      await keyring.close()
    },
  }
}
