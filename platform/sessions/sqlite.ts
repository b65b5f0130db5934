import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import { makePrivateFile } from '../keyring/secret-file.ts'
import { emptyWal, enterWal } from '../sqlite/wal.ts'
import { MOST_OF_ONE, SessionsUnavailable, type SessionStore } from './port.ts'

export interface SqliteSessionsOptions {
  /** A file, so that a restart signs nobody out, or `:memory:`. */
  readonly file: string
  readonly clock: Clock
  /** Above this the sessions that end soonest make room. */
  readonly largest?: number
}

const LARGEST = 200_000
const SWEEP_EVERY_MS = 60_000
/** How many of the soonest-ending sessions go at once when there are too many, so that the next sets are cheap. */
const MAKE_ROOM_FOR = 1_000

const Row = z.object({ subject: z.string(), body: z.string(), expires_at_ms: z.number() })

/**
 * Sessions on one machine. Expired ones are never answered, and leave the file within a minute while it is open: each
 * holds an e-mail address.
 */
export const openSqliteSessions = ({
  file,
  clock,
  largest = LARGEST,
}: SqliteSessionsOptions): SessionStore => {
  makePrivateFile(file)
  const database = new DatabaseSync(file)
  enterWal(database)
  // Losing the last moments' sign-ins in a power cut is fine, so NORMAL.
  database.exec(`
    PRAGMA busy_timeout = 1000;
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS sessions (
      key TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      body TEXT NOT NULL,
      expires_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sessions_of ON sessions (subject);
    CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (expires_at_ms);
  `)
  const select = database.prepare(
    'SELECT subject, body, expires_at_ms FROM sessions WHERE key = ? AND expires_at_ms > ?',
  )
  const upsert = database.prepare(
    `INSERT INTO sessions (key, subject, body, expires_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET subject = excluded.subject, body = excluded.body, expires_at_ms = excluded.expires_at_ms`,
  )
  const remove = database.prepare('DELETE FROM sessions WHERE key = ?')
  const removeAll = database.prepare('DELETE FROM sessions WHERE subject = ?')
  const sweep = database.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?')
  const count = database.prepare('SELECT count(*) AS sessions FROM sessions')
  const makeRoom = database.prepare(
    'DELETE FROM sessions WHERE key IN (SELECT key FROM sessions ORDER BY expires_at_ms LIMIT ?)',
  )
  const anyOf = database.prepare('SELECT 1 FROM sessions WHERE subject = ? AND expires_at_ms > ? LIMIT 1')
  const makeRoomOfOne = database.prepare(
    `DELETE FROM sessions WHERE subject = ? AND key <> ? AND key NOT IN (
       SELECT key FROM sessions WHERE subject = ? AND key <> ? AND expires_at_ms > ? ORDER BY expires_at_ms DESC LIMIT ?
     )`,
  )
  const counted = (): number => z.object({ sessions: z.number() }).parse(count.get()).sessions

  let known = 0
  let isTraceLeft = false
  const sweepNow = (): void => {
    isTraceLeft = sweep.run(clock.nowMs()).changes > 0 || isTraceLeft
    known = counted()
    if (isTraceLeft) emptyWal(database)
    isTraceLeft = false
  }
  let cancelSweep: (() => void) | undefined
  const sweepLater = (): void => {
    cancelSweep ??= clock.timer(SWEEP_EVERY_MS, () => {
      cancelSweep = undefined
      try {
        sweepNow()
      } catch {
        // Somebody else holds the file just now; there is another minute.
        known = Math.max(known, 1)
      }
      if (known > 0 || isTraceLeft) sweepLater()
    })
  }
  const makeRoomInAll = (): void => {
    known += 1
    if (known <= largest) return
    sweep.run(clock.nowMs())
    known = counted()
    if (known > largest)
      known -= Number(makeRoom.run(known - largest + Math.min(MAKE_ROOM_FOR, largest >> 4)).changes)
  }
  try {
    sweepNow()
  } catch {
    // Another process reads or writes: what it leaves to be swept is swept in a minute.
    known = Math.max(known, 1)
  }
  if (known > 0 || isTraceLeft) sweepLater()

  const answering = async <T>(work: () => T): Promise<T> => {
    try {
      return work()
    } catch (error) {
      throw new SessionsUnavailable('The session file cannot be used', { cause: error })
    }
  }

  return {
    get: (key) =>
      answering(() => {
        const found = select.get(key, clock.nowMs())
        if (found === undefined) return undefined
        const { subject, body, expires_at_ms } = Row.parse(found)
        return { subject, body, expiresAtMs: expires_at_ms }
      }),
    set: (key, { subject, body, expiresAtMs }) =>
      answering(() => {
        if (expiresAtMs <= clock.nowMs()) {
          remove.run(key)
          return
        }
        upsert.run(key, subject, body, expiresAtMs)
        makeRoomOfOne.run(subject, key, subject, key, clock.nowMs(), MOST_OF_ONE - 1)
        makeRoomInAll()
        sweepLater()
      }),
    destroy: (key) =>
      answering(() => {
        remove.run(key)
      }),
    isSignedIn: (subject) => answering(() => anyOf.get(subject, clock.nowMs()) !== undefined),
    destroyAllOf: (subject) =>
      answering(() => {
        const ended = Number(removeAll.run(subject).changes)
        // A session holds an e-mail address, which still stands in the write-ahead log until it is emptied.
        emptyWal(database)
        return ended
      }),
    close: async () => {
      cancelSweep?.()
      if (database.isOpen) database.close()
    },
  }
}
