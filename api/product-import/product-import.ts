import { product } from '#domain/catalogue/aggregate.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { ConflictsOutlasted, type CommandContext, type CommandRunner } from '#platform/commands/runner.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import { EventStoreUnavailable, type Position } from '#platform/eventstore/port.ts'
import { ImagesUnavailable } from '#platform/images/port.ts'
import type { PictureUploads } from '#platform/images/uploads.ts'
import type { CsvRow } from './csv-rows.ts'
import {
  OPTIONAL_COLUMNS,
  productRow,
  REQUIRED_COLUMNS,
  ROW_PROBLEMS,
  type Cells,
  type Column,
  type ProductRow,
  type RowProblem,
} from './product-row.ts'

export interface ImportError {
  readonly line: number
  /** As the row has it, whether it could be one or not; empty when the row has none. */
  readonly productId: string
  readonly code: RowProblem
  readonly message: string
}

export interface ImportResult {
  /** Rows below the first line; `success` + `failed`. */
  readonly total: number
  readonly success: number
  /** Of `success`: products that were so already. */
  readonly unchanged: number
  readonly failed: number
  /** By line. */
  readonly errors: readonly ImportError[]
  /** Where in the log the newest of what was written is. */
  readonly position: Position
}

/** The first line names no, or not all, of the columns; nothing was done. */
export class ColumnsMissing extends Error {
  override readonly name = 'ColumnsMissing'
  readonly columns: readonly string[]

  constructor(columns: readonly string[]) {
    super(columns.join(', '))
    this.columns = columns
  }
}

export interface ProductImportOptions {
  readonly commands: CommandRunner
  readonly clock: Clock
  readonly uploads: PictureUploads
  /** Of one row. */
  readonly contextOf: (productId: string) => CommandContext
}

const AT_ONCE = 16
const LONGEST_IMPORT_MS = 60_000
/** A cell that is no id is shown as far as one could be long. */
const SHOWN_CHARACTERS = 64

interface ReadRow {
  readonly line: number
  readonly productId: string
  readonly row: ProductRow | RowProblem
}

/**
 * Makes the catalogue what a list says, product by product: rows of one product in their order, different products side by
 * side. Repeatable: what is so already is unchanged, so a list that was cut short is simply imported again.
 * @throws ColumnsMissing
 */
export const importProducts = async (
  [head, ...rows]: readonly CsvRow[],
  { commands, clock, uploads, contextOf }: ProductImportOptions,
): Promise<ImportResult> => {
  const columns = columnsOf(head)
  const startedAtMs = clock.nowMs()
  const read = rows.map((row) => readRow(row, columns, startedAtMs))
  const errors: ImportError[] = []
  let [unchanged, position] = [0, 0]
  /** Once the log is out of reach, each further row would only wait for it again. */
  let isOutOfReach = false

  const carryOut = async ({ revision, imageFile }: ProductRow): Promise<RowProblem | undefined> => {
    const picture = imageFile === undefined ? undefined : await uploads.named(imageFile)
    if (imageFile !== undefined && picture === undefined) return 'image-not-found'
    const { productId } = revision
    const command = { ...revision, atMs: clock.nowMs(), ...(picture === undefined ? {} : { picture }) }
    const outcome = await commands.run(product, productId, command, contextOf(productId))
    if (outcome.kind === 'refused') return 'price-out-of-range'
    if (outcome.kind === 'unchanged') unchanged += 1
    position = Math.max(position, outcome.position)
    return undefined
  }

  const attempt = async (row: ProductRow): Promise<RowProblem | undefined> => {
    if (isOutOfReach || clock.nowMs() - startedAtMs > LONGEST_IMPORT_MS) return 'not-done'
    try {
      return await carryOut(row)
    } catch (error) {
      if (error instanceof UndecodableEvent) return 'record-unreadable'
      if (error instanceof EventStoreUnavailable || error instanceof ImagesUnavailable) isOutOfReach = true
      else if (!(error instanceof ConflictsOutlasted)) throw error
      return 'not-done'
    }
  }

  const work = Map.groupBy(read, ({ line, productId, row }) =>
    typeof row === 'string' ? `line ${line}` : productId,
  ).values()
  const workInTurn = async (): Promise<void> => {
    for (const ofOneProduct of work)
      for (const { line, productId, row } of ofOneProduct) {
        const code = typeof row === 'string' ? row : await attempt(row)
        if (code !== undefined) errors.push({ line, productId, code, message: ROW_PROBLEMS[code] })
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, workInTurn))
  return {
    total: read.length,
    success: read.length - errors.length,
    unchanged,
    failed: errors.length,
    errors: errors.toSorted((a, b) => a.line - b.line),
    position,
  }
}

const KNOWN_COLUMNS: readonly Column[] = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS]

/** Columns may stand in any order and among others; those of ours are known by name, in small or large letters. */
const columnsOf = (head: CsvRow | undefined): readonly (Column | undefined)[] => {
  const named = (head?.cells ?? []).map((name) =>
    KNOWN_COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase()),
  )
  const missing = REQUIRED_COLUMNS.filter((column) => !named.includes(column))
  if (missing.length > 0) throw new ColumnsMissing(missing)
  return named
}

const readRow = (
  { line, cells }: CsvRow,
  columns: readonly (Column | undefined)[],
  nowMs: number,
): ReadRow => {
  if (cells === undefined) return { line, productId: '', row: 'row-unreadable' }
  const named: Cells = Object.fromEntries(
    columns.flatMap((column, index) => (column === undefined ? [] : [[column, cells[index] ?? '']])),
  )
  const productId = (named.productId ?? '').trim().slice(0, SHOWN_CHARACTERS)
  const row = cells.length === columns.length ? productRow(named, nowMs) : 'cells-miscounted'
  return { line, productId, row }
}
