import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { startInstance } from '../demo/instance.ts'
import { signIn, type Buyer } from '../demo/shop-client.ts'
import { assert, atRate, percentile, summary } from './measure.ts'

/**
 * R8: how long the webhook takes to answer at 50 deliveries a second, on one shop as `npm start` runs it. A third are
 * new bodies about attempts of ours, a third repeats of those, a third about nothing of ours.
 */
const RATE = 50
const SECONDS = 10
const ROUNDS = 5
const ATTEMPTS = 24
/** As the provider repeats, by the most patient row of its table. */
const RETRIES = 10
const PAUSE_MS = 500
/** In milliseconds, of the 99th percentile. */
const AIM_MS = 50
const raw = new URL('./results/webhook.json', import.meta.url)

const Catalogue = z.object({ items: z.array(z.object({ productId: z.string(), available: z.number() })) })

const openAttempts = async (buyer: Buyer) => {
  const { body } = await buyer.call('GET', '/api/products?size=100')
  const goods = Catalogue.parse(body).items.filter(({ available }) => available >= 5)
  assert(goods.length >= ATTEMPTS, 'the seed has too few goods for this bench')
  return Promise.all(
    goods.slice(0, ATTEMPTS).map(async ({ productId }) => {
      const { orderId } = await buyer.place(productId)
      const { merchantPaymentId } = await buyer.payable(orderId)
      return { orderId, merchantPaymentId }
    }),
  )
}

const bodyOf = (merchantPaymentId: string, paymentId: string): string =>
  JSON.stringify({
    notification_type: 'Transaction',
    store_id: '',
    paid_at: '2026-11-21T06:54:06+09:00',
    merchant_order_id: merchantPaymentId,
    pos_id: '',
    order_amount: '7490',
    merchant_id: '990000000000000001',
    state: 'COMPLETED',
    order_id: paymentId,
  })

const counted = async (shopUrl: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`${shopUrl}/metrics`)).text()
  const lines = text.matchAll(/^kessai_webhooks_total\{verdict="([\w-]+)"\} (\d+)$/gm)
  return new Map([...lines].map(([, verdict = '', count]) => [verdict, Number(count)]))
}

const shop = await startInstance()
try {
  const buyer = await signIn(shop.shopUrl, 'bench@example.com')
  const attempts = await openAttempts(buyer)
  let sent = 0
  const fresh = (): string => {
    sent += 1
    return String(sent).padStart(20, '0')
  }
  let newest = ''
  let sentNew = 0
  let refused = 0
  const repeats: Promise<boolean>[] = []
  const isStored = async (body: string): Promise<boolean> => {
    const reply = await fetch(`${shop.shopUrl}/api/paypay/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body,
    })
    assert(reply.status === 200 || reply.status === 503, `a webhook was answered ${reply.status}`)
    await reply.text()
    return reply.status === 200
  }
  const repeatUntilStored = async (body: string): Promise<boolean> => {
    for (let retry = 0; retry < RETRIES; retry += 1) {
      await pause(PAUSE_MS)
      if (await isStored(body)) return true
    }
    return false
  }
  const round = (seconds: number): Promise<readonly number[]> =>
    atRate(RATE, seconds, async (nth) => {
      const { merchantPaymentId = '' } = attempts[Math.floor(nth / 3) % ATTEMPTS] ?? {}
      if (nth % 3 === 0) {
        newest = bodyOf(merchantPaymentId, fresh())
        sentNew += 1
      }
      const body = nth % 3 === 2 ? bodyOf(`other-system_${fresh()}`, fresh()) : newest
      if (await isStored(body)) return
      refused += 1
      // What the provider does is not part of the answer's time, so nobody waits for it here.
      // A failure is kept for the end: rejected now, it would end this process and leave the shop running.
      repeats.push(repeatUntilStored(body).catch(() => false))
    })

  await round(3)
  const rounds: { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number }[] = []
  for (let nth = 0; nth < ROUNDS; nth += 1) {
    const taken = await round(SECONDS)
    rounds.push({
      p50Ms: percentile(taken, 50),
      p95Ms: percentile(taken, 95),
      p99Ms: percentile(taken, 99),
    })
  }

  const ends = await Promise.all(repeats)
  assert(!ends.includes(false), 'a webhook was lost: every repeat was answered 503')

  const verdicts = await counted(shop.shopUrl)
  const total = RATE * (3 + SECONDS * ROUNDS)
  const known = [...verdicts].filter(([verdict]) => verdict !== 'unavailable')
  const settled = known.reduce((sum, [, count]) => sum + count, 0)
  assert(settled === total, `${total} were sent and ${settled} settled`)
  // A body that was answered 503 and stored all the same is a repeat when it comes again.
  assert((verdicts.get('stored') ?? 0) + refused >= sentNew, 'new bodies were not stored')
  for (const { orderId } of attempts)
    assert((await buyer.order(orderId)).status === 'WAITING_PAYMENT', 'a forged webhook changed an order')

  const p99Ms = summary(rounds.map((figures) => figures.p99Ms))
  const results = {
    measuredOn: new Date().toISOString().slice(0, 10),
    environment: {
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      load: loadavg(),
    },
    ratePerSecond: RATE,
    verdicts: Object.fromEntries(verdicts),
    refusedFirst: refused,
    rounds,
    p99Ms,
    aimMs: AIM_MS,
  }
  mkdirSync(new URL('.', raw), { recursive: true })
  writeFileSync(raw, `${JSON.stringify(results, null, 2)}\n`)
  console.table(rounds)
  console.log(
    `p99 ${p99Ms.median.toFixed(1)} ms (${p99Ms.min.toFixed(1)}–${p99Ms.max.toFixed(1)}) at ${RATE}/s, ${refused} of ${total} first answered 503; the aim is ${AIM_MS} ms`,
  )
} finally {
  await shop.stop()
}
