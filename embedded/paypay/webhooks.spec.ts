import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type Rig, startRig } from './spec-rig.ts'

let rig: Rig

beforeEach(async () => {
  rig = await startRig({ seed: 3 })
})
afterEach(async () => {
  await rig.stop()
})

const deliveriesSchema = z.array(
  z.object({
    deliveryId: z.number(),
    merchantPaymentId: z.string(),
    status: z.string(),
    origin: z.string().optional(),
    attempts: z.array(z.object({ httpStatus: z.number().optional(), error: z.string().optional() })),
  }),
)
const deliveries = async (query = '') =>
  deliveriesSchema.parse((await rig.see(`webhooks${query}`))['deliveries'])
const statuses = async () => (await deliveries()).map(({ status }) => status)
const pay = async (id: string, how: object = {}) => {
  await rig.createCode(id)
  return await rig.sim('pay', { merchantPaymentId: id, ...how })
}
const orderIds = () => rig.receiver.received.map(({ json }) => json['merchant_order_id'])
const counted = (ids: unknown[]) =>
  Object.fromEntries(ids.map((id) => [id, ids.filter((other) => other === id).length]))
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 10 })

describe('how persistently a webhook is sent', () => {
  it('profile A tries four times, 100 ms apart, then the event is gone', async () => {
    rig.receiver.statuses.push(503, 503, 503, 503)
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['gave-up']))
    const [delivery] = await deliveries()
    expect(delivery?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([503, 503, 503, 503])
    expect(rig.receiver.received).toHaveLength(4)
  })

  it('stops at the first 200', async () => {
    rig.receiver.statuses.push(500)
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['delivered']))
    expect(rig.receiver.received).toHaveLength(2)
  })

  it('only 200 counts, unless any 2xx is told to', async () => {
    await rig.sim('webhooks/profile', { profile: 'C' })
    rig.receiver.statuses.push(204, 204)
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['gave-up']))
    await rig.sim('knobs', { webhookSuccess: '2xx' })
    await pay('p2')
    await eventually(async () => expect(await statuses()).toEqual(['gave-up', 'delivered']))
  })

  it('profile C tries once and gives up on an endpoint that stays silent for a second and a half', async () => {
    await rig.sim('webhooks/profile', { profile: 'C' })
    rig.receiver.statuses.push(0)
    const startedAt = performance.now()
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['gave-up']))
    expect(performance.now() - startedAt).toBeGreaterThan(1_400)
    expect((await deliveries())[0]?.attempts).toHaveLength(1)
  })

  it('profile B tries on after four refusals, with pauses of half a second', async () => {
    await rig.sim('webhooks/profile', { profile: 'B' })
    rig.receiver.statuses.push(503, 503)
    const startedAt = performance.now()
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['delivered']))
    expect(performance.now() - startedAt).toBeGreaterThan(990)
  })

  it.each(['maintenance', 'off'])('sends nothing in profile %s and says so', async (profile) => {
    await rig.sim('webhooks/profile', { profile })
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual([profile]))
    await rig.sim('webhooks/profile', { profile: 'A' })
    expect(await rig.settledWebhooks()).toEqual([])
  })

  it('sends nothing while the API is in maintenance, and nothing of it afterwards', async () => {
    await rig.createCode('p1')
    await rig.sim('outage', { on: true, kind: 'maintenance' })
    const said = await rig.createCode('p2')
    expect([said.status, said.code, said.codeId]).toEqual([503, 'MAINTENANCE_MODE', '08100999'])
    await rig.sim('pay', { merchantPaymentId: 'p1' })
    await eventually(async () => expect(await statuses()).toEqual(['maintenance']))
    await rig.sim('outage', { on: false })
    await pay('p3')
    await eventually(() => expect(orderIds()).toEqual(['p3']))
  })

  it('never makes the payment wait for a silent endpoint', async () => {
    rig.receiver.statuses.push(0, 0, 0, 0)
    await pay('p1')
    expect(await statuses()).not.toEqual(['gave-up'])
    expect((await rig.call('GET', '/v2/codes/payments/p1')).data['status']).toBe('COMPLETED')
  })

  it('without a target is logged and harmless', async () => {
    await rig.sim('webhooks/target', { url: null })
    await pay('p1')
    await eventually(async () => expect(await statuses()).toEqual(['no-target']))
  })
})

describe('what can go wrong with a webhook', () => {
  it('is lost when the payment says so, or when the next ones are to be', async () => {
    await pay('p1', { dropHook: true })
    await rig.sim('webhooks/drop', { times: 1 })
    await pay('p2')
    await pay('p3')
    const arrived = await rig.settledWebhooks()
    expect(arrived.map(({ json }) => json['merchant_order_id'])).toEqual(['p3'])
    expect((await statuses()).slice(0, 2)).toEqual(['dropped', 'dropped'])
  })

  it('comes several times', async () => {
    await pay('p1', { copies: 3 })
    await rig.sim('webhooks/copies', { copies: 2 })
    await pay('p2')
    await pay('p3')
    await eventually(() => expect(counted(orderIds())).toEqual({ p1: 3, p2: 2, p3: 1 }))
  })

  it('comes late, while later ones arrive', async () => {
    await pay('p1', { delayMs: 300 })
    await rig.sim('webhooks/delay', { delayMs: 250 })
    await pay('p2')
    await pay('p3')
    await eventually(() => expect(orderIds()).toHaveLength(3))
    expect(orderIds()[0]).toBe('p3')
  })

  it('comes three days late without three days of waiting', async () => {
    await rig.sim('clock', { freeze: true })
    await pay('p1', { delayMs: 3 * 86_400_000 })
    await rig.sim('clock', { advanceMs: 3 * 86_400_000 - 1 })
    expect(await statuses()).toEqual(['waiting'])
    await rig.sim('clock', { advanceMs: 1 })
    await eventually(async () => expect(await statuses()).toEqual(['delivered']))
    expect(orderIds()).toEqual(['p1'])
  })

  it('is never sent once a reset took it back', async () => {
    await rig.sim('clock', { freeze: true })
    await pay('p1', { delayMs: 1_000 })
    await rig.sim('reset')
    await pay('p2')
    await eventually(() => expect(orderIds()).toEqual(['p2']))
    await rig.sim('clock', { advanceMs: 2_000 })
    await rig.sim('clock', { reset: true })
    await pay('p3')
    await eventually(() => expect(orderIds()).toEqual(['p2', 'p3']))
  })

  it('comes in another order', async () => {
    await rig.sim('webhooks/reorder', { count: 3 })
    for (const id of ['p1', 'p2', 'p3', 'p4']) await pay(id)
    await eventually(() => expect(orderIds()).toHaveLength(4))
    expect(orderIds().filter((id) => id !== 'p4')).toEqual(['p3', 'p2', 'p1'])
  })

  it('is let go when the others it was to be reordered with do not come', async () => {
    await rig.sim('webhooks/reorder', { count: 5 })
    await pay('p1')
    expect(await rig.sim('webhooks/reorder', { release: true })).toMatchObject({ released: 1 })
    await eventually(() => expect(orderIds()).toEqual(['p1']))
  })

  it('arrives altered, and the next one sound again', async () => {
    await rig.sim('webhooks/corrupt', { how: 'wrong-amount' })
    await pay('p1')
    await pay('p2')
    await eventually(() => expect(rig.receiver.received).toHaveLength(2))
    const amounts = rig.receiver.received.map(({ json }) => [json['merchant_order_id'], json['order_amount']])
    expect(Object.fromEntries(amounts)).toEqual({ p1: '7491', p2: '7490' })
    expect((await deliveries()).map(({ origin }) => origin)).toEqual(['corrupt:wrong-amount', undefined])
  })

  it('is sent again on demand, byte for byte', async () => {
    await pay('p1')
    await rig.sim('webhooks/replay', { merchantPaymentId: 'p1' })
    await rig.sim('webhooks/replay', { deliveryId: 1 })
    await eventually(() => expect(rig.receiver.received).toHaveLength(3))
    expect(new Set(rig.receiver.received.map(({ raw }) => raw.toString())).size).toBe(1)
    expect((await deliveries('?merchantPaymentId=p1')).map(({ origin }) => origin)).toEqual([
      undefined,
      'replay',
      'replay',
    ])
    await expect(rig.sim('webhooks/replay', { deliveryId: 99 })).rejects.toThrow('404')
  })

  it('is forged from another address, with headers that lie about it', async () => {
    await rig.sim('webhooks/forge', {
      body: { notification_type: 'Transaction', merchant_order_id: 'p1', state: 'COMPLETED' },
      fromAddress: '127.0.0.9',
      headers: { 'X-Forwarded-For': '13.112.237.64' },
    })
    await eventually(() => expect(rig.receiver.received).toHaveLength(1))
    const [forged] = rig.receiver.received
    expect(forged?.from).toBe('127.0.0.9')
    expect(forged?.headers['x-forwarded-for']).toBe('13.112.237.64')
    expect((await rig.call('GET', '/v2/codes/payments/p1')).code).toBe('DYNAMIC_QR_PAYMENT_NOT_FOUND')
  })
})

describe('the signed mode, for endpoints that ask for it', () => {
  it('signs id, time and body in the Standard Webhooks scheme', async () => {
    const key = Buffer.from('thirty-two bytes of a secret key')
    const signingSecret = `whsec_${key.toString('base64')}`
    await rig.sim('webhooks/target', { url: rig.receiver.url, signingSecret })
    await pay('p1')
    await eventually(() => expect(rig.receiver.received).toHaveLength(1))
    const [hook] = rig.receiver.received
    const { 'webhook-id': id, 'webhook-timestamp': time } = hook?.headers ?? {}
    const mac = createHmac('sha256', key).update(`${String(id)}.${String(time)}.${String(hook?.raw)}`)
    expect(hook?.headers['webhook-signature']).toBe(`v1,${mac.digest('base64')}`)
  })
})
