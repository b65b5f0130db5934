import { KeyringRefused } from './port.ts'
import { loadSecret } from './secret-file.ts'

export interface MasterKeySource {
  /** Base64 of 32 bytes, from the environment: the way for production, where key and data must not lie together. */
  readonly fromEnvironment?: string
  readonly dataDir: string
}

const FILE = 'master.key'

/**
 * The key that wraps all customers' keys: from the environment, else a file made once beside the data. Whoever has the
 * file and the keyring can read everybody's personal data, so the file is for one machine and development only.
 */
export const loadMasterKey = ({ fromEnvironment, dataDir }: MasterKeySource): Uint8Array => {
  if (fromEnvironment === undefined) return loadSecret(dataDir, FILE)
  const key = Buffer.from(fromEnvironment, 'base64')
  if (key.length !== 32) throw new KeyringRefused(`The master key has ${key.length} bytes instead of 32`)
  return key
}
