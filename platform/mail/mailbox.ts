import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import { KeyringRefused, type Keyring } from '../keyring/port.ts'
import { makePrivateFile } from '../keyring/secret-file.ts'
import { enterWal } from '../sqlite/wal.ts'
import { MailUnavailable, type KeptMail, type Mailbox } from './port.ts'

export interface MailboxOptions {
  /** Shared by the process that mails and the one that shows; or `:memory:`. */
  readonly file: string
  readonly keyring: Pick<Keyring, 'seal' | 'open'>
  readonly clock: Pick<Clock, 'nowMs'>
  /** Above this the customer's oldest go. */
  readonly largestPerCustomer?: number
  /** Above this the oldest of all go. */
  readonly largest?: number
}

const PURPOSE = 'mail'
const LARGEST_PER_CUSTOMER = 200
const LARGEST = 20_000

const Row = z.object({ mail_id: z.string(), kept_at_ms: z.number(), sealed: z.string() })
const Sealed = z.object({
  keyId: z.string(),
  algorithm: z.literal('A256GCM'),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
})
const Content = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  language: z.string(),
})

/** Keeps mails instead of sending them, each sealed with its customer's key, once, and no more than the bounds. */
export const openMailbox = (options: MailboxOptions): Mailbox => {
  const { keyring, clock, largestPerCustomer = LARGEST_PER_CUSTOMER, largest = LARGEST } = options
  makePrivateFile(options.file)
  const database = new DatabaseSync(options.file)
  enterWal(database)
  // Losing the last moments' mails in a power cut is fine where none is sent, so NORMAL.
  database.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS mails (
      nth INTEGER PRIMARY KEY AUTOINCREMENT,
      mail_id TEXT NOT NULL UNIQUE,
      customer_id TEXT NOT NULL,
      kept_at_ms INTEGER NOT NULL,
      sealed TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS mails_of ON mails (customer_id, nth);
  `)
  const insert = database.prepare(
    'INSERT OR IGNORE INTO mails (mail_id, customer_id, kept_at_ms, sealed) VALUES (?, ?, ?, ?)',
  )
  const boundCustomer = database.prepare(
    `DELETE FROM mails WHERE customer_id = ?1 AND nth <=
       (SELECT nth FROM mails WHERE customer_id = ?1 ORDER BY nth DESC LIMIT 1 OFFSET ?2)`,
  )
  const boundAll = database.prepare(
    'DELETE FROM mails WHERE nth <= (SELECT nth FROM mails ORDER BY nth DESC LIMIT 1 OFFSET ?)',
  )
  const newest = database.prepare(
    'SELECT mail_id, kept_at_ms, sealed FROM mails WHERE customer_id = ? ORDER BY nth DESC LIMIT ?',
  )
  const one = database.prepare(
    'SELECT mail_id, kept_at_ms, sealed FROM mails WHERE customer_id = ? AND mail_id = ?',
  )

  const using = async <T>(work: () => T): Promise<T> => {
    try {
      return work()
    } catch (error) {
      throw new MailUnavailable('The file of the mailbox cannot be used', { cause: error })
    }
  }

  const opened = async (
    row: z.infer<typeof Row>,
  ): Promise<(KeptMail & z.infer<typeof Content>) | undefined> => {
    const content = await keyring
      .open(Sealed.parse(JSON.parse(row.sealed)), PURPOSE)
      .catch((error: unknown) => {
        if (error instanceof KeyringRefused) return 'forgotten' as const
        throw error
      })
    if (content === 'forgotten') return undefined
    return { mailId: row.mail_id, keptAtMs: row.kept_at_ms, ...Content.parse(content) }
  }

  return {
    send: async ({ mailId, customerId, keyId, to, subject, text, html, language }) => {
      const sealed = await keyring.seal(customerId, PURPOSE, { to, subject, text, html, language })
      // A customer who was forgotten since the address was opened has a new key by now, which would keep the address.
      if (sealed.keyId !== keyId) return { kind: 'forgotten' }
      await using(() => {
        insert.run(mailId, customerId, clock.nowMs(), JSON.stringify(sealed))
        boundCustomer.run(customerId, largestPerCustomer)
        boundAll.run(largest)
      })
      return { kind: 'sent' }
    },
    list: async (customerId, limit) => {
      const rows = await using(() => z.array(Row).parse(newest.all(customerId, limit)))
      const mails = await Promise.all(rows.map(opened))
      return mails.flatMap((mail) => {
        if (mail === undefined) return []
        const { text: _text, html: _html, ...kept } = mail
        return [kept]
      })
    },
    get: async (customerId, mailId) => {
      const row = await using(() => one.get(customerId, mailId))
      return row === undefined ? undefined : opened(Row.parse(row))
    },
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}
