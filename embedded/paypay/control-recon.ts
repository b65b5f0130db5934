import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { parse } from './control-body.ts'
import { japaneseDay, startOfDayMs } from './japan-time.ts'
import { reconciliationCsv, rowSchema, rowsOf } from './reconciliation.ts'
import type { World } from './world.ts'

const DAY_MS = 86_400_000
const LINK_VALID_MS = 2 * 3_600_000
const MAX_PAYMENTS = 100_000
const MAX_FILES = 100

const wishSchema = z.strictObject({
  /** A calendar day in Japan; today there when absent. */
  date: z.iso.date().optional(),
  /** Payments whose rows are left out. */
  omit: z.array(z.string().min(1).max(64)).max(1_000).default([]),
  /** Rows of payments that never were. */
  extra: z.array(rowSchema).max(1_000).default([]),
  /** Announced instead of the file's own address, to lead a careless reader astray. */
  link: z.string().max(2_048).optional(),
  announce: z.boolean().default(true),
})

/**
 * The daily file on demand, at an address that is good for two hours. PayPay makes it at night and announces it between
 * 01:30 and 10:00, Japan's time; here the caller is the night.
 */
export function registerReconciliation(app: FastifyInstance, world: World): void {
  const files = new Map<string, { csv: Buffer; validUntilMs: number }>()

  app.post('/_sim/recon', async (request) => {
    const { date, omit, extra, link, announce } = parse(wishSchema, request.body)
    const nowMs = world.clock.nowMs()
    const fromMs = date === undefined ? startOfDayMs(nowMs) : Date.parse(`${date}T00:00:00+09:00`)
    const day = { fromMs, untilMs: fromMs + DAY_MS }
    const left = new Set(omit)
    const rows = world.ledger
      .recentAttempts(MAX_PAYMENTS)
      .filter(({ merchantPaymentId }) => !left.has(merchantPaymentId))
      .flatMap((attempt) => {
        const { payment } = attempt
        const refunds = payment.state === 'completed' ? world.ledger.refundsOf(payment.paymentId) : []
        return rowsOf(attempt, refunds, day, world.knobs())
      })
      .concat(extra)
      .sort((a, b) => a.atMs - b.atMs)
    const { merchantId } = world.credentials
    const stamp = japaneseDay(fromMs)
    const name = `transaction_${merchantId}_${stamp}_${stamp}_v2.csv`
    const notificationId = world.nextUuid()
    const oldest = files.keys().next()
    if (files.size >= MAX_FILES && oldest.done !== true) files.delete(oldest.value)
    files.set(notificationId, {
      csv: reconciliationCsv(rows, { merchantId, shopName: world.shopName }),
      validUntilMs: nowMs + LINK_VALID_MS,
    })
    const path = link ?? `${world.publicUrl()}/recon/${name}?ticket=${notificationId}`
    const body = Buffer.from(
      JSON.stringify({
        notification_type: 'file.created',
        notification_id: notificationId,
        fileType: 'transaction_recon',
        path,
        requestedAt: String(Math.floor(nowMs / 1000)),
      }),
    )
    const deliveries = announce
      ? world.sender.announce({ merchantPaymentId: '', state: 'file.created', body })
      : []
    return { name, path, rows: rows.length, deliveries: deliveries.map(({ deliveryId }) => deliveryId) }
  })

  app.get<{ Querystring: { ticket?: string } }>('/recon/:name', async (request, reply) => {
    const file = files.get(request.query.ticket ?? '')
    if (file === undefined) return await reply.code(404).send({ error: 'no-such-file' })
    if (world.clock.nowMs() >= file.validUntilMs) return await reply.code(403).send({ error: 'link-expired' })
    return await reply.header('content-type', 'text/csv; charset=Shift_JIS').send(file.csv)
  })
}
