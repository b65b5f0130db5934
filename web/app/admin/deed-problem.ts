/** What the words know how to tell; anything else is told as something that went wrong. */
const TOLD = [
  'role-missing',
  'product-not-found',
  'product-delisted',
  'validation-failed',
  'receipt-differs',
  'adjustment-differs',
  'nothing-received',
  'insufficient-stock',
  'picture-type-unsupported',
  'picture-too-large',
  'picture-damaged',
  'pictures-busy',
  'file-name-not-plain',
  'csv-not-utf-8',
  'csv-too-large',
  'csv-unreadable',
  'csv-columns-missing',
  'import-under-way',
  'alert-already-resolved',
  'alert-not-found',
  'too-many-notes',
  'not-parked',
  'replay-needs-rebuild',
  'temporarily-unavailable',
  'offline',
] as const
export type DeedProblem = (typeof TOLD)[number] | 'other'

/** The key of the words for a problem's code. */
export const deedProblem = (code: string | undefined): DeedProblem =>
  TOLD.find((told) => told === code) ?? 'other'
