import { createHash, createHmac, randomBytes } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { emptyWal, enterWal } from '../sqlite/wal.ts'
import { decrypt, encrypt, type Sealed } from './cipher.ts'
import { KeyringRefused, type Keyring } from './port.ts'
import { makePrivateFile } from './secret-file.ts'

const WrappedKey = z.object({ iv: z.string(), ciphertext: z.string(), tag: z.string() })
const KeyRow = z.object({
  key_id: z.string(),
  generation: z.number(),
  wrapped: z.string().nullable(),
})
const Position = z.object({ position: z.number() })
const Content = z.record(z.string(), z.unknown())

/** A key is never cached: another process may have destroyed it a moment ago. */
export const openSqliteKeyring = (file: string, masterKey: Uint8Array): Keyring => {
  const database = openDatabase(file)
  provesToBe(database, masterKey)

  const newest = database.prepare(
    'SELECT key_id, generation, wrapped FROM customer_keys WHERE customer_id = ? ORDER BY generation DESC LIMIT 1',
  )
  const byId = database.prepare('SELECT key_id, generation, wrapped FROM customer_keys WHERE key_id = ?')
  // Two processes may meet a new customer at once: the first key stands, and both read it back.
  const insert = database.prepare(
    'INSERT OR IGNORE INTO customer_keys (key_id, customer_id, generation, wrapped) VALUES (?, ?, ?, ?)',
  )
  const destroy = database.prepare('UPDATE customer_keys SET wrapped = NULL WHERE customer_id = ?')
  const noteForgetting = database.prepare('INSERT OR IGNORE INTO forgettings (id) VALUES (?)')
  const upTo = database.prepare('SELECT position FROM forgotten_up_to')
  const setUpTo = database.prepare(
    `INSERT INTO forgotten_up_to (one, position) VALUES (1, ?)
     ON CONFLICT (one) DO UPDATE SET position = max(position, excluded.position)`,
  )

  const keyIdFor = (customerId: string): { readonly keyId: string; readonly generation: number } => {
    const found = row(newest, customerId)
    if (found?.wrapped != null) return { keyId: found.key_id, generation: found.generation }
    const generation = (found?.generation ?? 0) + 1
    return { keyId: `${customerId}.${generation}`, generation }
  }

  const keyFor = (customerId: string): { readonly keyId: string; readonly key: Uint8Array } => {
    const found = row(newest, customerId)
    if (found?.wrapped != null)
      return { keyId: found.key_id, key: unwrap(masterKey, found.key_id, found.wrapped) }
    const { keyId, generation } = keyIdFor(customerId)
    insert.run(keyId, customerId, generation, wrap(masterKey, keyId, randomBytes(32)))
    const kept = row(byId, keyId)
    if (kept?.wrapped == null) throw new KeyringRefused(`The key ${keyId} was destroyed while it was made`)
    return { keyId, key: unwrap(masterKey, keyId, kept.wrapped) }
  }

  /** Where there is no key to destroy, the one that would come next is used up, so that it cannot pass for the same life. */
  const destroyKeys = (customerId: string, isRequest: boolean): void => {
    const isThere = row(newest, customerId)?.wrapped != null
    destroy.run(customerId)
    if (isThere || !isRequest) return
    const { keyId, generation } = keyIdFor(customerId)
    insert.run(keyId, customerId, generation, null)
  }

  return {
    seal: async (customerId, purpose, content) => {
      const { keyId, key } = keyFor(customerId)
      const plain = Buffer.from(JSON.stringify(content), 'utf8')
      return { keyId, algorithm: 'A256GCM', ...encrypt(key, contextOf(keyId, purpose), plain) }
    },
    digest: async (customerId, purpose, content) => {
      const { keyId, key } = keyFor(customerId)
      return createHmac('sha256', key)
        .update(contextOf(keyId, purpose))
        .update('\0')
        .update(content)
        .digest('base64url')
    },
    open: async (envelope, purpose) => {
      const found = row(byId, envelope.keyId)
      if (found === undefined) throw new KeyringRefused(`There never was a key ${envelope.keyId} here`)
      if (found.wrapped === null) return 'forgotten'
      const key = unwrap(masterKey, envelope.keyId, found.wrapped)
      const plain = decrypt(key, contextOf(envelope.keyId, purpose), envelope)
      if (plain === undefined)
        throw new KeyringRefused(
          `The envelope under ${envelope.keyId} was altered, or is not for this purpose`,
        )
      return Content.parse(JSON.parse(plain.toString('utf8')))
    },
    forget: async (customerId, forgettingId) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const isNews = forgettingId === undefined || noteForgetting.run(forgettingId).changes > 0
        if (isNews) destroyKeys(customerId, forgettingId !== undefined)
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
      // What was overwritten still stands in the write-ahead log until it is emptied.
      emptyWal(database)
    },
    keyIdOf: async (customerId) => keyIdFor(customerId).keyId,
    forgottenUpTo: async () => Position.optional().parse(upTo.get())?.position,
    noteForgottenUpTo: async (position) => {
      setUpTo.run(position)
    },
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}

/**
 * Wraps every customer key under another master key, all or none. Processes that still hold the old one must be
 * stopped first; afterwards they refuse to open the keyring. Envelopes are not touched.
 */
export const rotateMasterKey = (file: string, from: Uint8Array, to: Uint8Array): void => {
  const database = openDatabase(file)
  try {
    provesToBe(database, from)
    const write = database.prepare('UPDATE customer_keys SET wrapped = ? WHERE key_id = ?')
    database.exec('BEGIN IMMEDIATE')
    try {
      const rows = database.prepare('SELECT key_id, generation, wrapped FROM customer_keys').all()
      for (const { key_id, wrapped } of z.array(KeyRow).parse(rows))
        if (wrapped !== null) write.run(wrap(to, key_id, unwrap(from, key_id, wrapped)), key_id)
      database.prepare('UPDATE master_key SET fingerprint = ?').run(fingerprintOf(to))
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
    emptyWal(database)
  } finally {
    database.close()
  }
}

/** A sealed order must be openable after a power cut, so a new key is on the disk before it is used: FULL. */
const openDatabase = (file: string): DatabaseSync => {
  makePrivateFile(file)
  const database = new DatabaseSync(file)
  enterWal(database)
  database.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS customer_keys (
      key_id TEXT PRIMARY KEY,
      customer_id TEXT NOT NULL,
      generation INTEGER NOT NULL,
      wrapped TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS customer_keys_of ON customer_keys (customer_id, generation);
    CREATE TABLE IF NOT EXISTS forgettings (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS forgotten_up_to (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS master_key (one INTEGER PRIMARY KEY CHECK (one = 1), fingerprint TEXT NOT NULL) STRICT;
  `)
  return database
}

/** A wrong master key must stop the start: met later, it would look as if everybody had been forgotten. */
const provesToBe = (database: DatabaseSync, masterKey: Uint8Array): void => {
  if (masterKey.length !== 32) throw new KeyringRefused('A master key has 32 bytes')
  const fingerprint = fingerprintOf(masterKey)
  database.prepare('INSERT OR IGNORE INTO master_key (one, fingerprint) VALUES (1, ?)').run(fingerprint)
  const kept = z
    .object({ fingerprint: z.string() })
    .parse(database.prepare('SELECT fingerprint FROM master_key').get())
  if (kept.fingerprint === fingerprint) return
  database.close()
  throw new KeyringRefused('This is not the master key that this keyring was made with')
}

const fingerprintOf = (masterKey: Uint8Array): string =>
  createHash('sha256').update('kessai master key\0').update(masterKey).digest('hex').slice(0, 16)

const row = (statement: StatementSync, id: string): z.infer<typeof KeyRow> | undefined => {
  const found = statement.get(id)
  return found === undefined ? undefined : KeyRow.parse(found)
}

const contextOf = (keyId: string, purpose: string): string => `${keyId}\u001f${purpose}`

const WRAPPING = 'customer-key'

const wrap = (masterKey: Uint8Array, keyId: string, key: Uint8Array): string =>
  JSON.stringify(encrypt(masterKey, contextOf(keyId, WRAPPING), key))

const unwrap = (masterKey: Uint8Array, keyId: string, wrapped: string): Uint8Array => {
  const sealed: Sealed = WrappedKey.parse(JSON.parse(wrapped))
  const key = decrypt(masterKey, contextOf(keyId, WRAPPING), sealed)
  if (key === undefined)
    throw new KeyringRefused(`The key ${keyId} was altered, or wrapped by another master key`)
  return key
}
