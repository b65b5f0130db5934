import { stringify } from 'csv-stringify/sync'
import type { AuditEvent } from './event-rows.ts'
import type { Portion } from './export-portions.ts'

const COLUMNS = [
  'at',
  'position',
  'eventId',
  'type',
  'category',
  'stream',
  'revision',
  'correlationId',
  'causationId',
  'actor',
  'data',
] as const satisfies readonly (keyof AuditEvent)[]

/** A file of events, piece by piece. */
export interface ExportText {
  /** What it begins with, whatever follows. */
  readonly head: string
  readonly portion: (rows: Portion) => string
}

export const jsonlText: ExportText = {
  head: '',
  portion: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
}

/** See https://owasp.org/www-community/attacks/CSV_Injection for why cells are escaped. */
export const csvText = (withData: boolean): ExportText => {
  const columns = COLUMNS.filter((column) => withData || column !== 'data')
  return {
    head: stringify([columns]),
    portion: (rows) =>
      stringify(
        rows.map(({ data, ...row }) => ({ ...row, data: data === undefined ? '' : JSON.stringify(data) })),
        { columns, escape_formulas: true },
      ),
  }
}
