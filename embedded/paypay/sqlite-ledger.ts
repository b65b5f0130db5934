import { DatabaseSync } from 'node:sqlite'
import { type EarlyCancel, type Ledger, attemptSchema, refundSchema } from './attempt.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS attempt (
    merchant_payment_id TEXT PRIMARY KEY,
    link_key TEXT NOT NULL UNIQUE,
    payment_id TEXT UNIQUE,
    paid INTEGER NOT NULL,
    captured_minor INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS refund (
    payment_id TEXT NOT NULL,
    merchant_refund_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    settles_at_ms INTEGER,
    record TEXT NOT NULL,
    PRIMARY KEY (payment_id, merchant_refund_id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS early_cancel (
    merchant_payment_id TEXT PRIMARY KEY,
    accepted_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

/** Bounds a settle-all; what is left is settled by the next one. */
const MAX_UNSETTLED = 10_000

/**
 * The ledger in one SQLite file, or in memory with `:memory:`.
 *
 * The write-ahead log without a sync per commit keeps every answered write when the process is killed;
 * only a power cut could lose the last ones, which a stand-in for a provider need not survive.
 */
export function openSqliteLedger(path: string): Ledger {
  const database = new DatabaseSync(path, { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
  database.exec(SCHEMA)

  const byId = database.prepare('SELECT record FROM attempt WHERE merchant_payment_id = ?')
  const byLinkKey = database.prepare('SELECT record FROM attempt WHERE link_key = ?')
  const byPaymentId = database.prepare('SELECT record FROM attempt WHERE payment_id = ?')
  const saveAttempt = database.prepare(`
    INSERT INTO attempt (merchant_payment_id, link_key, payment_id, paid, captured_minor, record)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (merchant_payment_id) DO UPDATE SET payment_id = excluded.payment_id,
      paid = excluded.paid, captured_minor = excluded.captured_minor, record = excluded.record`)
  const recent = database.prepare('SELECT record FROM attempt ORDER BY rowid DESC LIMIT ?')
  const refundByKey = database.prepare(
    'SELECT record FROM refund WHERE payment_id = ? AND merchant_refund_id = ?',
  )
  const refundsOf = database.prepare('SELECT record FROM refund WHERE payment_id = ? ORDER BY rowid')
  const unsettled = database.prepare(
    `SELECT record FROM refund WHERE settles_at_ms IS NULL OR settles_at_ms > ? ORDER BY rowid LIMIT ${MAX_UNSETTLED}`,
  )
  const saveRefund = database.prepare(`
    INSERT INTO refund (payment_id, merchant_refund_id, amount_minor, settles_at_ms, record) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET settles_at_ms = excluded.settles_at_ms, record = excluded.record`)
  const findCancel = database.prepare('SELECT accepted_at_ms FROM early_cancel WHERE merchant_payment_id = ?')
  const saveCancel = database.prepare('INSERT OR IGNORE INTO early_cancel VALUES (?, ?)')
  const totals = database.prepare(`
    SELECT (SELECT count(*) FROM attempt) AS attempts,
           (SELECT coalesce(sum(paid), 0) FROM attempt) AS paid,
           (SELECT coalesce(sum(captured_minor), 0) FROM attempt) AS captured,
           (SELECT coalesce(sum(amount_minor), 0) FROM refund) AS refunded`)
  const readSetting = database.prepare('SELECT value FROM setting WHERE name = ?')
  const writeSetting = database.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)')

  const attemptIn = (row: Record<string, unknown> | undefined) =>
    row === undefined ? undefined : attemptSchema.parse(JSON.parse(String(row['record'])))
  const refundIn = (row: Record<string, unknown>) => refundSchema.parse(JSON.parse(String(row['record'])))

  return {
    findAttempt: (id) => attemptIn(byId.get(id)),
    findAttemptByLinkKey: (linkKey) => attemptIn(byLinkKey.get(linkKey)),
    findAttemptByPaymentId: (paymentId) => attemptIn(byPaymentId.get(paymentId)),
    saveAttempt: (attempt, capturedMinor) => {
      const { payment } = attempt
      saveAttempt.run(
        attempt.merchantPaymentId,
        attempt.linkKey,
        payment.state === 'none' ? null : payment.paymentId,
        payment.state === 'completed' ? 1 : 0,
        capturedMinor,
        JSON.stringify(attempt),
      )
    },
    findRefund: (merchantRefundId, paymentId) => {
      const row = refundByKey.get(paymentId, merchantRefundId)
      return row === undefined ? undefined : refundIn(row)
    },
    refundsOf: (paymentId) => refundsOf.all(paymentId).map(refundIn),
    unsettledRefunds: (nowMs) => unsettled.all(nowMs).map(refundIn),
    saveRefund: (refund) => {
      saveRefund.run(
        refund.paymentId,
        refund.merchantRefundId,
        refund.amountMinor,
        refund.settlesAtMs ?? null,
        JSON.stringify(refund),
      )
    },
    findEarlyCancel: (merchantPaymentId): EarlyCancel | undefined => {
      const row = findCancel.get(merchantPaymentId)
      return row === undefined
        ? undefined
        : { merchantPaymentId, acceptedAtMs: Number(row['accepted_at_ms']) }
    },
    saveEarlyCancel: ({ merchantPaymentId, acceptedAtMs }) => {
      saveCancel.run(merchantPaymentId, acceptedAtMs)
    },
    recentAttempts: (limit) => recent.all(limit).flatMap((row) => attemptIn(row) ?? []),
    totals: () => {
      const row = totals.get() ?? {}
      return {
        attempts: Number(row['attempts']),
        paid: Number(row['paid']),
        capturedMinor: Number(row['captured']),
        refundedMinor: Number(row['refunded']),
      }
    },
    readSetting: (name) => {
      const row = readSetting.get(name)
      return row === undefined ? undefined : String(row['value'])
    },
    writeSetting: (name, value) => {
      writeSetting.run(name, value)
    },
    clear: () => database.exec('DELETE FROM attempt; DELETE FROM refund; DELETE FROM early_cancel;'),
    close: () => database.close(),
  }
}
