import type { DatabaseSync } from 'node:sqlite'
import { copyDatabase } from './copying.ts'
import type { StoredEvent } from './facts.ts'
import { createGroupCommit } from './groupCommit.ts'
import type { Heads } from './heads.ts'
import { createHeads } from './heads.ts'
import type { Pages } from './pages.ts'
import { createPages } from './pages.ts'
import { createRecentIds } from './recentIds.ts'
import type { Tail } from './tail.ts'
import { createTail } from './tail.ts'
import type { WriteOutcome, WriteRequest } from './writer.ts'
import { createWriter, positionAfter } from './writer.ts'

/** Never 0: a subscription from position 0 excludes what lies exactly there. */
const FIRST_POSITION = 128

/** A request on its way into the log. */
type Submission = {
  readonly request: WriteRequest
  /** From this time on (milliseconds since 1970, the real clock) nothing may be written any more. */
  readonly expiresAtMs: number
  /** Called once, and after the commit if there was one. Must not throw. */
  readonly settle: (outcome: WriteOutcome) => void
}

/** The log: everything that was committed, and the only way to add to it. */
export type Log = {
  readonly heads: Heads
  readonly pages: Pages
  readonly tail: Tail
  readonly clock: () => number
  /** The position of the last committed event, 0 for an empty log. */
  readonly headPosition: () => number
  readonly submit: (submission: Submission) => void
  /** Calls `listener` with the events of every commit, in order, before control returns to the event loop. */
  readonly onCommit: (listener: (events: readonly StoredEvent[]) => void) => () => void
  /**
   * Copies the log into a new file while appends go on: a log of its own, with everything acknowledged before
   * the call. It must have ended before `close`; `signal` ends it early.
   */
  readonly copyTo: (file: string, signal: AbortSignal) => Promise<void>
  /** Commits what waits, refuses what comes later, and closes the file with an empty write-ahead log. */
  readonly close: () => void
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Opens the log over a prepared database. A commit that fails settles every request of its group as
 * `unavailable` (the outcome is unknown to the client, and nothing of it stays in memory here) and is reported.
 */
export const openLog = (
  db: DatabaseSync,
  clock: () => number = Date.now,
  reportFault: (error: unknown) => void = () => undefined,
): Log => {
  const heads = createHeads(db)
  const pages = createPages(db)
  const recentIds = createRecentIds(db)
  const last = pages.last()
  const firstPosition = last === undefined ? FIRST_POSITION : positionAfter(last)
  const writer = createWriter({ db, heads, recentIds, clock, firstPosition })
  const tail = createTail(last?.position ?? 0)
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  let headPosition = last?.position ?? 0
  let isClosed = false

  const undo = (): void => {
    heads.forget()
    recentIds.forget()
    writer.rewind()
    try {
      if (db.isTransaction) db.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, or the file is gone; the next transaction will tell.
    }
  }

  const apply = (group: readonly Submission[]): readonly WriteOutcome[] => {
    heads.begin()
    db.exec('BEGIN IMMEDIATE')
    const outcomes = group.map(({ request, expiresAtMs }): WriteOutcome =>
      Date.now() >= expiresAtMs ? { kind: 'too-late' } : writer.write(request),
    )
    db.exec('COMMIT')
    return outcomes
  }

  const keep = (): readonly StoredEvent[] => {
    heads.keep()
    recentIds.keep()
    const written = writer.takeWritten()
    headPosition = written.at(-1)?.position ?? headPosition
    tail.push(written)
    return written
  }

  const commitGroup = (group: readonly Submission[]): void => {
    let outcomes: readonly WriteOutcome[]
    try {
      outcomes = apply(group)
    } catch (error) {
      undo()
      const reason = `the log cannot be written: ${reasonOf(error)}`
      reportFault(new Error(reason, { cause: error }))
      const failed: WriteOutcome = { kind: 'unavailable', reason }
      for (const submission of group) submission.settle(failed)
      return
    }
    const written = keep()
    for (const [index, submission] of group.entries()) {
      submission.settle(outcomes[index] ?? { kind: 'unavailable', reason: 'no outcome' })
    }
    if (written.length > 0) for (const listener of listeners) listener(written)
  }

  const commits = createGroupCommit(commitGroup)

  return {
    heads,
    pages,
    tail,
    clock,
    headPosition: () => headPosition,
    submit: (submission) => {
      if (isClosed) submission.settle({ kind: 'unavailable', reason: 'the node is stopping' })
      else commits.add(submission)
    },
    onCommit: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    copyTo: async (file, signal) => copyDatabase({ db, hold: commits.hold }, file, signal),
    close: () => {
      if (isClosed) return
      commits.flush()
      isClosed = true
      try {
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } finally {
        db.close()
      }
    },
  }
}
