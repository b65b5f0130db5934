import { z } from 'zod'
import type { Attempt, Refund } from './attempt.ts'
import { japaneseClockTime } from './japan-time.ts'
import type { Knobs } from './knobs.ts'
import { methodAnswer } from './payment-answer.ts'
import { toShiftJis } from './shift-jis.ts'
import { failedAtMs } from './transitions.ts'

/** The daily file of instant sales: one day's payments and refunds, Japan's time, in Shift_JIS with LF. */

const COLUMNS = [
  '決済番号',
  '加盟店ID',
  '屋号',
  '店舗ID',
  '店舗名',
  '端末番号/PosID',
  '取引ステータス',
  '取引日時',
  '取引金額',
  'レシート番号',
  '支払い方法',
  'マーチャント決済ID',
  '支払い詳細',
] as const

/** One row; also what a test may add to a file. Amounts of refunds are negative. */
export const rowSchema = z.strictObject({
  paymentId: z.string().max(64),
  merchantPaymentId: z.string().max(64),
  status: z.enum(['取引完了', '取引失敗', '返金完了', '返金失敗']),
  atMs: z.int().min(0).max(8.64e15),
  amountMinor: z.int(),
  storeId: z.string().default(''),
  terminalId: z.string().default(''),
  methods: z.string().default(''),
  detail: z.string().default(''),
})
export type ReconRow = z.output<typeof rowSchema>

/** What happened to one payment on that day. A refund counts on the day it was accepted. */
export function rowsOf(
  attempt: Attempt,
  refunds: readonly Refund[],
  day: { fromMs: number; untilMs: number },
  knobs: Knobs,
): ReconRow[] {
  const { payment, request, merchantPaymentId } = attempt
  if (payment.state === 'none' || payment.state === 'in-flight') return []
  const within = (atMs: number) => atMs >= day.fromMs && atMs < day.untilMs
  const paid = payment.state === 'completed'
  const method = paid ? methodAnswer(payment.method, request.amountMinor) : undefined
  const base = {
    paymentId: payment.paymentId,
    merchantPaymentId,
    storeId: request.storeId ?? '',
    terminalId: request.terminalId ?? '',
    methods: paid ? payment.method : '',
    detail: method === undefined ? '' : JSON.stringify([method]),
  }
  const failed = failedAtMs(attempt, knobs)
  const atMs = failed ?? (paid ? payment.paidAtMs : 0)
  const status = failed === undefined ? '取引完了' : '取引失敗'
  const sale = { ...base, status, atMs, amountMinor: request.amountMinor } as const
  const left = refunds.map((refund): ReconRow => {
    return { ...base, status: '返金完了', atMs: refund.acceptedAtMs, amountMinor: -refund.amountMinor }
  })
  const listed = failed === undefined || knobs.reconFailures === 'listed'
  return [...(listed ? [sale] : []), ...left].filter((row) => within(row.atMs))
}

/** The file's bytes. */
export function reconciliationCsv(
  rows: readonly ReconRow[],
  merchant: { merchantId: string; shopName: string },
): Buffer {
  const lines = rows.map((row) => [
    row.paymentId,
    merchant.merchantId,
    merchant.shopName,
    row.storeId,
    '',
    row.terminalId,
    row.status,
    japaneseClockTime(row.atMs),
    String(row.amountMinor),
    '',
    row.methods,
    row.merchantPaymentId,
    row.detail,
  ])
  return toShiftJis([COLUMNS, ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join(''))
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
