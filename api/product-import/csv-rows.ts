import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { parse } from 'csv-parse'

/** Far more than a shop lists in a day; larger lists are sent in parts. */
export const MOST_ROWS = 10_000
export const LARGEST_FILE_BYTES = 8 * 1_024 * 1_024
const LARGEST_ROW_BYTES = 64 * 1_024
/** After so many it is no list. */
const MOST_BROKEN_ROWS = 500

/**
 * Why a file as a whole cannot be read; nothing of it has been done.
 * - `not-utf-8`: `detail` says what it seems to be instead.
 * - `too-large`: more bytes or rows than an import takes.
 * - `too-broken`: hardly a row of it can be read.
 * - `empty`: not even a first line with the names of the columns.
 * - `cut-short`: the sender went away before the end.
 */
export type CsvRefusal = 'not-utf-8' | 'too-large' | 'too-broken' | 'empty' | 'cut-short'

export class CsvRefused extends Error {
  override readonly name = 'CsvRefused'
  readonly reason: CsvRefusal
  readonly detail: string

  constructor(reason: CsvRefusal, detail: string, cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
    this.detail = detail
  }
}

export interface CsvRow {
  /** Of the file, from 1 on, where the row begins: a row may go over several. */
  readonly line: number
  /** Undefined when the row breaks the rules of quoting, or is far too long. */
  readonly cells: readonly string[] | undefined
}

/**
 * Reads a CSV file of RFC 4180 from a stream, with or without a byte order mark, and never more of it than the limits.
 * Cells are text, whatever they look like. A row that breaks the rules costs no other row: reading goes on with the line
 * below the one on which it began.
 * @throws CsvRefused; the rest of the stream is then let run out unread.
 */
export const readCsv = async (source: Readable): Promise<readonly CsvRow[]> => {
  const file = await wholeFile(source)
  const rows: CsvRow[] = []
  let [start, line, broken] = [0, 1, 0]
  while (start < file.length) {
    const { read, end } = await rowsFrom(file, start, line)
    for (const row of read) rows.push(row)
    if (rows.length > MOST_ROWS + 1) throw tooManyRows()
    if (end === undefined) break
    broken += 1
    if (broken > MOST_BROKEN_ROWS)
      throw new CsvRefused('too-broken', `More than ${MOST_BROKEN_ROWS} rows cannot be read.`)
    rows.push({ line: end.line, cells: undefined })
    start = end.nextLineAt
    line = end.line + 1
  }
  if (rows.length === 0) throw new CsvRefused('empty', 'The file is empty.')
  return rows
}

interface Stretch {
  readonly read: readonly CsvRow[]
  /** Where a row could not be read; undefined at the end of the file. */
  readonly end: { readonly line: number; readonly nextLineAt: number } | undefined
}

/** Reads rows up to the first that breaks the rules. */
const rowsFrom = async (file: Buffer, start: number, firstLine: number): Promise<Stretch> => {
  const read: CsvRow[] = []
  const place = linesOf(file, start, firstLine)
  const parser = parse({
    max_record_size: LARGEST_ROW_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    // Taken here, because rows that wait in the stream are lost with the first that is broken.
    on_record: (record: readonly string[], { bytes }) => {
      const { line } = place.ofRow()
      place.passTo(start + bytes)
      read.push({ line, cells: record })
      if (read.length > MOST_ROWS + 1) throw tooManyRows()
      return null
    },
  })
  try {
    await pipeline(inPieces(file, start), parser.resume())
    return { read, end: undefined }
  } catch (error) {
    if (!isCsvError(error)) throw error
    return { read, end: place.ofRow() }
  }
}

const tooManyRows = (): CsvRefused => new CsvRefused('too-large', `An import takes up to ${MOST_ROWS} rows.`)

/** Follows the rows of a file with the lines they begin on. */
const linesOf = (file: Buffer, start: number, firstLine: number) => {
  let [at, line] = [start, firstLine]
  const isBreak = (byte: number | undefined): boolean => byte === LF || byte === CR
  const passTo = (end: number): void => {
    for (; at < end; at += 1) if (file[at] === LF || (file[at] === CR && file[at + 1] !== LF)) line += 1
  }
  return {
    passTo,
    /** The next row begins below any empty lines. */
    ofRow: () => {
      let begin = at
      while (isBreak(file[begin])) begin += 1
      passTo(begin)
      let nextLineAt = begin
      while (nextLineAt < file.length && !isBreak(file[nextLineAt])) nextLineAt += 1
      if (file[nextLineAt] === CR && file[nextLineAt + 1] === LF) nextLineAt += 1
      return { line, nextLineAt: nextLineAt + 1 }
    },
  }
}

const LF = 0x0a
const CR = 0x0d
const PIECE_BYTES = 64 * 1_024

/** A pause between the pieces: whoever pays meanwhile is served. */
async function* inPieces(file: Buffer, start: number): AsyncGenerator<Buffer> {
  for (let at = start; at < file.length; at += PIECE_BYTES) {
    yield file.subarray(at, at + PIECE_BYTES)
    await setImmediate()
  }
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

const wholeFile = async (source: Readable): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of checked(source)) pieces.push(piece)
  } catch (error) {
    source.resume()
    throw error
  }
  const file = Buffer.concat(pieces)
  const isMarked = file.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
  return isMarked ? file.subarray(BYTE_ORDER_MARK.length) : file
}

/** The bytes as they come, for as long as there are not too many and they are UTF-8. */
async function* checked(source: Readable): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let size = 0
  let head: Uint8Array = Buffer.alloc(0)
  try {
    // The request must outlive a refusal, or nobody would hear of it.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      const bytes = asBytes(chunk)
      size += bytes.length
      if (size > LARGEST_FILE_BYTES)
        throw new CsvRefused('too-large', `An import takes up to ${LARGEST_FILE_BYTES / 1_024 / 1_024} MiB.`)
      if (head.length < 2) head = Buffer.concat([head, bytes])
      refuseOtherEncodings(() => decoder.decode(bytes, { stream: true }), head, bytes)
      yield bytes
    }
    refuseOtherEncodings(() => decoder.decode(), head, head)
  } catch (error) {
    if (error instanceof CsvRefused) throw error
    throw new CsvRefused('cut-short', 'The file did not arrive to its end.', error)
  }
}

const asBytes = (chunk: unknown): Uint8Array => {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  throw new TypeError('A file is made of bytes')
}

const refuseOtherEncodings = (decode: () => string, head: Uint8Array, bytes: Uint8Array): void => {
  try {
    decode()
  } catch (error) {
    throw new CsvRefused(
      'not-utf-8',
      `${seeming(head, bytes)} Save it as UTF-8 (in Excel: “CSV UTF-8”) and send it again.`,
      error,
    )
  }
}

const seeming = (head: Uint8Array, bytes: Uint8Array): string => {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return 'The file is UTF-16.'
  try {
    new TextDecoder('shift_jis', { fatal: true }).decode(bytes, { stream: true })
    return 'The file seems to be Shift_JIS, which a plain “CSV” is on a Japanese Windows.'
  } catch {
    return 'The file is not UTF-8.'
  }
}

const isCsvError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')
