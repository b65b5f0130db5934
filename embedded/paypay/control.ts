/**
 * The control interface: what PayPay would never offer. JSON in, JSON out; a malformed body is a 400 with the
 * reasons, a deed that the state does not allow is a 409 `{error}`, an unknown payment a 404.
 *
 * | call | body | effect |
 * |---|---|---|
 * | `POST /_sim/pay` | `{merchantPaymentId, method?, dropHook?, copies?, delayMs?, late?}` | the buyer pays; `late` even a lapsed or deleted code |
 * | `POST /_sim/in-flight` | `{merchantPaymentId}` | CREATED with a paymentId: the buyer is in mid-authorisation |
 * | `POST /_sim/fail` | `{merchantPaymentId, hook?}` | the payment fails for good; announced only with `hook` |
 * | `POST /_sim/lapse` | `{merchantPaymentId}` | this code's life ends now |
 * | `POST /_sim/refunds/settle` | `{merchantRefundId?}` | CREATED → REFUNDED, for one refund or all |
 * | `GET /_sim/clock` | | the provider's time |
 * | `POST /_sim/clock` | `{advanceMs?, freeze?: true or epoch ms, resume?: true, reset?: true}` | moves it; reset, freeze, advance, resume in this order |
 * | `GET /_sim/knobs` | | undocumented behaviour as it is set, see `knobs.ts` |
 * | `POST /_sim/knobs` | any of them | changes it |
 * | `GET /_sim/faults` | | faults in waiting and the outage |
 * | `POST /_sim/faults` | `{method?, path?, phase?, kind, ms?, code?, retryAfterSeconds?, times?}` | spoils the next matching calls, before or after they take effect; `refuse` with the `code` of an error table |
 * | `POST /_sim/faults/clear` | | ends faults and releases hanging connections |
 * | `POST /_sim/outage` | `{on, kind?: html503, hang, reset or maintenance}` | every API call fails until `{on: false}`; in maintenance webhooks are not sent either |
 * | `GET /_sim/webhooks` | `?merchantPaymentId&limit` | deliveries with their attempts, oldest first |
 * | `POST /_sim/webhooks/target` | `{url: string or null, signingSecret?}` | where webhooks go |
 * | `POST /_sim/webhooks/profile` | `{profile: A, B, C, maintenance or off}` | how persistently |
 * | `POST /_sim/webhooks/drop` | `{times?}` | loses the next announcements |
 * | `POST /_sim/webhooks/copies` | `{copies, times?}` | sends the next ones several times |
 * | `POST /_sim/webhooks/delay` | `{delayMs, times?}` | sends the next ones late, by the virtual clock |
 * | `POST /_sim/webhooks/corrupt` | `{how, times?}` | alters the next ones, see `notification.ts` |
 * | `POST /_sim/webhooks/reorder` | `{count}` or `{release: true}` | holds the next ones and sends them last first |
 * | `POST /_sim/webhooks/replay` | `{deliveryId}` or `{merchantPaymentId}` | sends logged ones again |
 * | `POST /_sim/webhooks/forge` | `{body: object or string, fromAddress?, headers?}` | sends anything, as someone else |
 * | `POST /_sim/recon` | `{date?, omit?, extra?, link?, announce?}` | makes the daily file of a day (Japan's, today by default) and announces it by `file.created` |
| `GET /_sim/state` | `?merchantPaymentId` or `?limit` | one payment; or totals, counted calls and the newest payments |
 * | `POST /_sim/reset` | | forgets payments, faults, deliveries, clock and knobs; keeps target and profile |
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { paymentMethodSchema } from './attempt.ts'
import { parse } from './control-body.ts'
import { registerReconciliation } from './control-recon.ts'
import { registerWebhookControl } from './control-webhooks.ts'
import { faultSchema, outageKinds } from './faults.ts'
import { knobChangeSchema } from './knobs.ts'
import type { Deed } from './provider.ts'
import { type World, shown } from './world.ts'

const id = z.string().min(1).max(64)
const delayMs = z
  .int()
  .min(0)
  .max(7 * 86_400_000)

const paySchema = z.strictObject({
  merchantPaymentId: id,
  method: paymentMethodSchema.optional(),
  dropHook: z.boolean().default(false),
  copies: z.int().min(1).max(100).default(1),
  delayMs: delayMs.default(0),
  late: z.boolean().default(false),
})

const clockSchema = z.strictObject({
  advanceMs: z
    .int()
    .min(0)
    .max(10 * 365 * 86_400_000)
    .optional(),
  freeze: z.union([z.literal(true), z.int().min(0).max(8.64e15)]).optional(),
  resume: z.literal(true).optional(),
  reset: z.literal(true).optional(),
})

const count = z.coerce.number().int().min(1).max(1_000).default(100)

export function registerControl(app: FastifyInstance, world: World): void {
  const { provider } = world

  app.post('/_sim/pay', async (request, reply) => {
    const { merchantPaymentId, dropHook, copies, delayMs, late, method } = parse(paySchema, request.body)
    const deed = provider.buyerPays(merchantPaymentId, { late, ...(method === undefined ? {} : { method }) })
    const deliveries = world.tell(deed, { drop: dropHook, copies, delayMs })
    return await answerDeed(world, reply, deed, deliveries)
  })
  app.post('/_sim/in-flight', async (request, reply) => {
    const { merchantPaymentId } = parse(z.strictObject({ merchantPaymentId: id }), request.body)
    return await answerDeed(world, reply, provider.buyerOpensApp(merchantPaymentId))
  })
  app.post('/_sim/fail', async (request, reply) => {
    const schema = z.strictObject({ merchantPaymentId: id, hook: z.boolean().default(false) })
    const { merchantPaymentId, hook } = parse(schema, request.body)
    const deed = provider.paymentFails(merchantPaymentId, { announce: hook })
    return await answerDeed(world, reply, deed, world.tell(deed))
  })
  app.post('/_sim/lapse', async (request, reply) => {
    const { merchantPaymentId } = parse(z.strictObject({ merchantPaymentId: id }), request.body)
    return await answerDeed(world, reply, provider.codeLapses(merchantPaymentId))
  })
  app.post('/_sim/refunds/settle', async (request) => {
    const { merchantRefundId } = parse(z.strictObject({ merchantRefundId: id.optional() }), request.body)
    return { settled: provider.refundsSettle(merchantRefundId) }
  })

  const clock = () => ({
    nowMs: world.clock.nowMs(),
    now: new Date(world.clock.nowMs()).toISOString(),
    ...world.clock.state(),
  })
  app.get('/_sim/clock', async () => clock())
  app.post('/_sim/clock', async (request) => {
    const { advanceMs, freeze, resume, reset } = parse(clockSchema, request.body)
    if (reset === true) world.clock.reset()
    if (freeze !== undefined) world.clock.freeze(freeze === true ? undefined : freeze)
    if (advanceMs !== undefined) world.clock.advance(advanceMs)
    if (resume === true) world.clock.resume()
    world.rememberClock()
    return clock()
  })

  app.get('/_sim/knobs', async () => world.knobs())
  app.post('/_sim/knobs', async (request) => {
    return world.setKnobs(parse(knobChangeSchema, request.body))
  })

  const faults = () => ({ faults: world.faults.list(), outage: world.faults.outage() ?? null })
  app.get('/_sim/faults', async () => faults())
  app.post('/_sim/faults', async (request) => {
    world.faults.add(parse(faultSchema, request.body))
    return faults()
  })
  app.post('/_sim/faults/clear', async () => {
    world.faults.clear()
    return { released: world.misbehaviour.release(), ...faults() }
  })
  app.post('/_sim/outage', async (request) => {
    const schema = z.strictObject({ on: z.boolean(), kind: z.enum(outageKinds).default('html503') })
    const { on, kind } = parse(schema, request.body)
    world.faults.setOutage(on ? kind : undefined)
    return { released: on ? 0 : world.misbehaviour.release(), ...faults() }
  })

  registerWebhookControl(app, world)
  registerReconciliation(app, world)

  app.get('/_sim/state', async (request, reply) => {
    const schema = z.object({ merchantPaymentId: id.optional(), limit: count })
    const { merchantPaymentId, limit } = schema.parse(request.query)
    if (merchantPaymentId === undefined) {
      return {
        clock: clock(),
        totals: world.ledger.totals(),
        calls: Object.fromEntries(world.calls),
        payments: world.ledger.recentAttempts(limit).map((attempt) => shown(world, attempt)),
      }
    }
    const attempt = world.ledger.findAttempt(merchantPaymentId)
    return attempt === undefined
      ? await reply.code(404).send({ error: 'unknown-payment' })
      : shown(world, attempt)
  })
  app.post('/_sim/reset', async () => {
    world.reset()
    return { reset: true }
  })
}

async function answerDeed(
  world: World,
  reply: FastifyReply,
  deed: Deed,
  deliveries: number[] = [],
): Promise<void> {
  if (deed.kind === 'refused') {
    await reply.code(deed.because === 'unknown-payment' ? 404 : 409).send({ error: deed.because })
    return
  }
  const { attempt, status } = deed
  await reply.send({
    merchantPaymentId: attempt.merchantPaymentId,
    status,
    paymentId: attempt.payment.state === 'none' ? null : attempt.payment.paymentId,
    deliveries: deliveries.map((deliveryId) => ({
      deliveryId,
      status: world.sender.log.find(deliveryId)?.status ?? 'overflow',
    })),
  })
}
