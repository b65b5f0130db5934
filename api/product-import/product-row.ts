import type { ReviseProduct } from '#domain/catalogue/commands.ts'
import type { LocalizedText } from '#domain/catalogue/events.ts'
import { ProductId } from '#domain/ids.ts'
import { MAX_AMOUNT_MINOR, money } from '#domain/money/money.ts'
import { isPlainFileName } from '#platform/images/uploads.ts'

export const REQUIRED_COLUMNS = [
  'productId',
  'title',
  'description',
  'price',
  'status',
  'createdAt',
  'imageFile',
] as const
export const OPTIONAL_COLUMNS = [
  'category',
  'taxRatePercent',
  'titleEn',
  'titleZh',
  'descriptionEn',
  'descriptionZh',
] as const
export type Column = (typeof REQUIRED_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number]

/** What is wrong with a row, in words for whoever keeps the list, and as a code for pages in other languages. */
export const ROW_PROBLEMS = {
  'row-unreadable':
    'The row cannot be read: a quotation mark is missing or in the wrong place, or it is far too long.',
  'cells-miscounted': 'The row has more or fewer cells than the first line has columns.',
  'product-id-invalid':
    'productId has 1 to 64 small letters, digits and hyphens, and begins with a letter or digit.',
  'title-invalid':
    'A title has 1 to 200 characters that can be seen, on one line, and none that turn the text round.',
  'description-invalid': 'A description has 1 to 4000 characters.',
  'price-invalid': 'price is a whole number of yen, tax included, from 1 to 99999999999.',
  'status-invalid': 'status is ACTIVE or INACTIVE.',
  'created-at-invalid': 'createdAt is a date such as 2026-11-20 or a time such as 2026-11-20T10:00:00+09:00.',
  'category-invalid': 'category has up to 40 small letters, digits and hyphens.',
  'tax-rate-invalid': 'taxRatePercent is a whole number from 0 to 100.',
  'image-file-invalid':
    'imageFile is the plain name of a picture uploaded before, without a folder or an address.',
  'image-not-found': 'No picture was uploaded under this name.',
  'price-out-of-range': 'This price cannot be charged.',
  'record-unreadable': 'What the log holds of this product cannot be read; it was left as it is.',
  'not-done': 'Nothing is known of this row: the shop was busy or out of reach. Import the list again.',
} as const satisfies Readonly<Record<string, string>>
export type RowProblem = keyof typeof ROW_PROBLEMS

/** A row that can be acted on; its picture has yet to be looked for. */
export interface ProductRow {
  readonly revision: Omit<ReviseProduct, 'atMs' | 'picture'>
  readonly imageFile: string | undefined
}

export type Cells = Readonly<Partial<Record<Column, string>>>

/** Prices of the shop are in yen, which have no smaller unit; a spreadsheet may write them with empty decimals. */
const YEN = /^\d{1,11}(?:\.0{1,2})?$/
const CATEGORY = /^[a-z0-9-]{1,40}$/
const PERCENT = /^(?:100|\d{1,2})$/
const LONGEST_TITLE = 200
const LONGEST_DESCRIPTION = 4_000
/** Also other line breaks, and marks that turn round what stands beside the text, on a receipt or in a list. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u
/** Spaces of no width, joiners and the like alone are a name nobody sees. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
const CONTROL_BUT_BREAKS = /(?![\n\r\t])\p{Cc}/u

/**
 * What one row says. Texts are taken as they stand, also those that a spreadsheet would take for a formula.
 * An empty `createdAt` means now.
 */
export const productRow = (cells: Cells, nowMs: number): ProductRow | RowProblem => {
  const cell = (column: Column): string => (cells[column] ?? '').trim()
  const productId = ProductId.safeParse(cell('productId'))
  if (!productId.success) return 'product-id-invalid'

  const title = texts(cell('title'), cell('titleEn'), cell('titleZh'))
  if (!every(title, (text) => text.length <= LONGEST_TITLE && VISIBLE.test(text) && !CONTROL.test(text)))
    return 'title-invalid'
  const description = texts(cell('description'), cell('descriptionEn'), cell('descriptionZh'))
  if (!every(description, (text) => text.length <= LONGEST_DESCRIPTION && !CONTROL_BUT_BREAKS.test(text)))
    return 'description-invalid'

  const amountMinor = YEN.test(cell('price')) ? Number(cell('price')) : 0
  if (amountMinor < 1 || amountMinor > MAX_AMOUNT_MINOR) return 'price-invalid'
  const status = cell('status').toUpperCase()
  if (status !== 'ACTIVE' && status !== 'INACTIVE') return 'status-invalid'
  const listedAtMs = cell('createdAt') === '' ? nowMs : timeIn(cell('createdAt'))
  if (listedAtMs === undefined) return 'created-at-invalid'

  const [category, taxRate, imageFile] = [cell('category'), cell('taxRatePercent'), cell('imageFile')]
  if (category !== '' && !CATEGORY.test(category)) return 'category-invalid'
  if (taxRate !== '' && !PERCENT.test(taxRate)) return 'tax-rate-invalid'
  if (imageFile !== '' && !isPlainFileName(imageFile)) return 'image-file-invalid'

  return {
    revision: {
      type: 'ReviseProduct',
      productId: productId.data,
      isOnSale: status === 'ACTIVE',
      title,
      description,
      price: money(amountMinor, 'JPY'),
      listedAtMs,
      ...(category === '' ? {} : { category }),
      ...(taxRate === '' ? {} : { taxRatePercent: Number(taxRate) }),
    },
    imageFile: imageFile === '' ? undefined : imageFile,
  }
}

const texts = (ja: string, en: string, zh: string): LocalizedText => ({
  ja,
  ...(en === '' ? {} : { en }),
  ...(zh === '' ? {} : { zh }),
})

const every = (text: LocalizedText, isUsable: (text: string) => boolean): boolean =>
  text.ja !== '' && Object.values(text).every((one = '') => isUsable(one))

const DATE = /^(\d{4}-\d{2}-\d{2})$/
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?$/
const EARLIEST_YEAR = 2000
const LATEST_YEAR = 2100

/** Where no offset is given, the time is that of the shop, in Japan. */
const timeIn = (text: string): number | undefined => {
  const day = DATE.exec(text)?.[1]
  const [, date = day, time = '00:00', offset = '+09:00'] = TIME.exec(text) ?? []
  if (date === undefined) return undefined
  const atMs = Date.parse(`${date}T${time}${offset}`)
  const year = Number(date.slice(0, 4))
  const isDay = new Date(`${date}T00:00:00Z`)
  // The parser would take 31 February for 3 March.
  if (Number.isNaN(isDay.getTime()) || isDay.toISOString().slice(0, 10) !== date) return undefined
  return Number.isNaN(atMs) || year < EARLIEST_YEAR || year > LATEST_YEAR ? undefined : atMs
}
