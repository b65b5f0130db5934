import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { parse } from './control-body.ts'
import type { Delivery } from './delivery-log.ts'
import { corruptions } from './notification.ts'
import type { World } from './world.ts'

const times = z.int().min(1).max(1_000_000).default(1)
const webUrl = z.url({ protocol: /^https?$/ })

const profileSchema = z.strictObject({ profile: z.enum(['A', 'B', 'C', 'maintenance', 'off']) })
const targetSchema = z.strictObject({
  url: webUrl.nullable(),
  signingSecret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+=*$/)
    .optional(),
})
const reorderSchema = z.union([
  z.strictObject({ count: z.int().min(2).max(100) }),
  z.strictObject({ release: z.literal(true) }),
])
const replaySchema = z.union([
  z.strictObject({ deliveryId: z.int().min(1) }),
  z.strictObject({ merchantPaymentId: z.string().min(1).max(64) }),
])
const forgeSchema = z.strictObject({
  body: z.union([z.string(), z.record(z.string(), z.unknown())]),
  fromAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).optional(),
})
const listSchema = z.object({
  merchantPaymentId: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** The webhook part of the control interface; its table is in `control.ts`. */
export function registerWebhookControl(app: FastifyInstance, world: World): void {
  const { sender } = world
  const settings = () => ({ target: sender.target()?.url ?? null, profile: sender.profile() })

  app.get('/_sim/webhooks', async (request) => {
    const { merchantPaymentId, limit } = listSchema.parse(request.query)
    const filter = { limit, ...(merchantPaymentId === undefined ? {} : { merchantPaymentId }) }
    return { ...settings(), deliveries: sender.log.list(filter).map(shownDelivery) }
  })
  app.post('/_sim/webhooks/target', async (request) => {
    const { url, signingSecret } = parse(targetSchema, request.body)
    sender.setTarget(
      url === null ? undefined : { url, ...(signingSecret === undefined ? {} : { signingSecret }) },
    )
    return settings()
  })
  app.post('/_sim/webhooks/profile', async (request) => {
    sender.setProfile(parse(profileSchema, request.body).profile)
    return settings()
  })
  app.post('/_sim/webhooks/drop', async (request) => {
    sender.addFault({ kind: 'drop', ...parse(z.strictObject({ times }), request.body) })
    return settings()
  })
  app.post('/_sim/webhooks/copies', async (request) => {
    const schema = z.strictObject({ times, copies: z.int().min(2).max(100) })
    sender.addFault({ kind: 'copies', ...parse(schema, request.body) })
    return settings()
  })
  app.post('/_sim/webhooks/delay', async (request) => {
    const schema = z.strictObject({
      times,
      delayMs: z
        .int()
        .min(1)
        .max(7 * 86_400_000),
    })
    sender.addFault({ kind: 'delay', ...parse(schema, request.body) })
    return settings()
  })
  app.post('/_sim/webhooks/corrupt', async (request) => {
    const schema = z.strictObject({ times, how: z.enum(corruptions) })
    sender.addFault({ kind: 'corrupt', ...parse(schema, request.body) })
    return settings()
  })
  app.post('/_sim/webhooks/reorder', async (request) => {
    const wish = parse(reorderSchema, request.body)
    if ('count' in wish) sender.reorder(wish.count)
    return { ...settings(), released: 'release' in wish ? sender.releaseHeld() : 0 }
  })
  app.post('/_sim/webhooks/replay', async (request, reply) => {
    const wish = parse(replaySchema, request.body)
    const ids =
      'deliveryId' in wish
        ? [wish.deliveryId]
        : sender.log
            .list({ merchantPaymentId: wish.merchantPaymentId, limit: 100 })
            .filter(({ origin }) => origin === undefined)
            .map(({ deliveryId }) => deliveryId)
    const sent = ids.flatMap((deliveryId) => sender.replay(deliveryId) ?? [])
    if (sent.length === 0) return await reply.code(404).send({ error: 'nothing-logged' })
    return { deliveries: sent.map(shownDelivery) }
  })
  app.post('/_sim/webhooks/forge', async (request) => {
    const { body, fromAddress, headers } = parse(forgeSchema, request.body)
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const how = {
      ...(fromAddress === undefined ? {} : { fromAddress }),
      ...(headers === undefined ? {} : { headers }),
    }
    return { deliveries: [shownDelivery(sender.forge(bytes, how))] }
  })
}

function shownDelivery({ body, ...delivery }: Delivery): object {
  return { ...delivery, body: body.subarray(0, 4_096).toString('utf8') }
}
