import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

/** The most one page may hold, so that no reader takes the event loop or the memory for itself. */
export const PAGE_EVENTS = 256
export const PAGE_BYTES = 2 * 1024 * 1024

export type Direction = 'forwards' | 'backwards'

/** One event of a page; which stream it belongs to is the reader's knowledge. */
type PageEvent = {
  readonly position: number
  readonly revision: number
  readonly type: string
  readonly createdMs: number
  readonly frame: Buffer
}

/** An event considered by a filter, whose frame is fetched only if it matches. */
type ScannedEvent = { readonly position: number; readonly type: string; readonly stream: string }

/** A page, and whether there is nothing behind it. */
type Page<Row> = { readonly rows: readonly Row[]; readonly isLast: boolean }

/** A range of positions or revisions, both ends included. */
export type Range = { readonly from: number; readonly to: number; readonly direction: Direction }

export type Pages = {
  readonly ofStream: (streamId: number, range: Range, limit: number) => Page<PageEvent>
  readonly ofAll: (range: Range, limit: number) => Page<PageEvent>
  /** A page of the whole log without the frames, for a filter to choose from. */
  readonly scan: (range: Range, limit: number) => Page<ScannedEvent>
  readonly frameAt: (position: number) => Buffer | undefined
  readonly atRevision: (streamId: number, revision: number) => PageEvent | undefined
  /** The last event of the log: its position and the length of its frame. */
  readonly last: () => { position: number; frameLength: number } | undefined
}

const COLUMNS = 'position, revision, type, created_ms, frame'

const asNumber = (value: SQLOutputValue | undefined): number =>
  typeof value === 'number' ? value : Number.NaN
const asText = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '')
const asBuffer = (value: SQLOutputValue | undefined): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.alloc(0)

const toPageEvent = (row: Record<string, SQLOutputValue>): PageEvent => ({
  position: asNumber(row['position']),
  revision: asNumber(row['revision']),
  type: asText(row['type']),
  createdMs: asNumber(row['created_ms']),
  frame: asBuffer(row['frame']),
})

const toScanned = (row: Record<string, SQLOutputValue>): ScannedEvent => ({
  position: asNumber(row['position']),
  type: asText(row['type']),
  stream: asText(row['name']),
})

/** Reads pages of the log by short, synchronous queries: each one sees exactly what is committed. */
export const createPages = (db: DatabaseSync): Pages => {
  const both = (sql: (order: string) => string): Record<Direction, StatementSync> => ({
    forwards: db.prepare(sql('ASC')),
    backwards: db.prepare(sql('DESC')),
  })
  const streamPage = both(
    (order) => `SELECT ${COLUMNS} FROM event WHERE stream_id = ? AND revision BETWEEN ? AND ?
      ORDER BY revision ${order} LIMIT ?`,
  )
  const allPage = both(
    (order) =>
      `SELECT ${COLUMNS} FROM event WHERE position BETWEEN ? AND ? ORDER BY position ${order} LIMIT ?`,
  )
  const scanPage = both(
    (order) => `SELECT event.position, event.type, stream.name
      FROM event JOIN stream ON stream.id = event.stream_id
      WHERE event.position BETWEEN ? AND ? ORDER BY event.position ${order} LIMIT ?`,
  )
  const frameAt = db.prepare('SELECT frame FROM event WHERE position = ?')
  const atRevision = db.prepare(`SELECT ${COLUMNS} FROM event WHERE stream_id = ? AND revision = ?`)
  const last = db.prepare('SELECT position, length(frame) AS bytes FROM event ORDER BY position DESC LIMIT 1')

  const take = <Row>(
    statement: StatementSync,
    parameters: readonly SQLInputValue[],
    limit: number,
    toRow: (row: Record<string, SQLOutputValue>) => Row,
    sizeOf: (row: Row) => number,
  ): Page<Row> => {
    const rows: Row[] = []
    let bytes = 0
    for (const raw of statement.iterate(...parameters, limit)) {
      const row = toRow(raw)
      rows.push(row)
      bytes += sizeOf(row)
      if (bytes >= PAGE_BYTES) return { rows, isLast: false }
    }
    return { rows, isLast: rows.length < limit }
  }

  const frameLength = (row: PageEvent): number => row.frame.length

  return {
    ofStream: (streamId, { from, to, direction }, limit) =>
      take(streamPage[direction], [streamId, from, to], limit, toPageEvent, frameLength),
    ofAll: ({ from, to, direction }, limit) =>
      take(allPage[direction], [from, to], limit, toPageEvent, frameLength),
    scan: ({ from, to, direction }, limit) =>
      take(scanPage[direction], [from, to], limit, toScanned, () => 0),
    frameAt: (position) => {
      const frame = frameAt.get(position)?.['frame']
      return frame === undefined ? undefined : asBuffer(frame)
    },
    atRevision: (streamId, revision) => {
      const row = atRevision.get(streamId, revision)
      return row === undefined ? undefined : toPageEvent(row)
    },
    last: () => {
      const row = last.get()
      return row === undefined
        ? undefined
        : { position: asNumber(row['position']), frameLength: asNumber(row['bytes']) }
    },
  }
}
