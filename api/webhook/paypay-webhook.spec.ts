import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as fc from 'fast-check'
import { merchantPaymentIdOf, OrderId, type MerchantPaymentId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { ProviderNotificationReceived } from '#domain/notification/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { apiBench, until, type ApiBench } from '../testing.ts'
import { claimIn } from './claim.ts'
import { UNKNOWN_NOTIFICATIONS_STREAM } from './paypay-webhook.ts'
import { CUT_MARK } from './raw-body.ts'

const bodyFor = (merchantPaymentId: string, more: object = {}) =>
  JSON.stringify({
    notification_type: 'Transaction',
    store_id: '',
    paid_at: '2026-11-21T06:54:06+09:00',
    merchant_order_id: merchantPaymentId,
    pos_id: '',
    order_amount: '7490',
    merchant_id: '990000000000000001',
    state: 'COMPLETED',
    order_id: '04137808670405270001',
    ...more,
  })

const Stored = ProviderNotificationReceived
type Stored = z.infer<typeof Stored>

describe('the PayPay webhook', () => {
  let bench: ApiBench
  const asked: string[] = []
  const bounded: [string, number][] = []
  let isDown = false
  beforeAll(async () => {
    bench = await apiBench({
      environment: { PAYPAY_WEBHOOK_ADDRESSES: '52.192.112.175' },
      replace: ({ eventStore, confirmations }) => ({
        eventStore: {
          ...eventStore,
          keepOnly: (stream, maxCount) => {
            bounded.push([stream, maxCount])
            return eventStore.keepOnly(stream, maxCount)
          },
          last: (stream) =>
            isDown ? Promise.reject(new EventStoreUnavailable('unplugged')) : eventStore.last(stream),
        },
        confirmations: {
          ask: (id, source) => {
            asked.push(`${source}:${id}`)
            return confirmations.ask(id, source)
          },
        },
      }),
    })
  })
  afterAll(() => bench.close())

  const deliver = (
    payload: string | Buffer,
    remoteAddress = '52.192.112.175',
    headers: Record<string, string> = {},
  ) =>
    bench.app.inject({
      method: 'POST',
      url: '/api/paypay/webhook',
      headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
      payload,
      remoteAddress,
    })
  const stored = async (id: string): Promise<Stored[]> =>
    (await bench.eventsOf(`notification-${id}`)).map(({ data }) => Stored.parse(data))
  const attempt = async (): Promise<MerchantPaymentId> => {
    const orderId = OrderId.parse(randomUUID())
    const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
    const commandId = randomUUID()
    await bench.deps.commands.run(
      payment,
      merchantPaymentId,
      {
        type: 'RequestPayment',
        merchantPaymentId,
        orderId,
        attempt: 1,
        amount: money(7_490, 'JPY'),
        windowEndsAtMs: bench.deps.clock.nowMs() + 60_000,
        requestedAtMs: bench.deps.clock.nowMs(),
      },
      { commandId, correlationId: orderId, causationId: commandId, actor: 'system:test' },
    )
    return merchantPaymentId
  }

  it('stores the raw body of a known attempt before it answers OK, and then asks', async () => {
    const id = await attempt()
    const body = bodyFor(id)
    const reply = await deliver(body)
    expect([reply.statusCode, reply.body]).toEqual([200, 'OK'])
    expect(await stored(id)).toEqual([
      {
        rawBody: body,
        bodyHash: createHash('sha256').update(body).digest('hex'),
        claim: { merchantPaymentId: id, status: 'COMPLETED' },
        sourceAddress: '52.192.112.175',
        trusted: true,
        receivedAtMs: expect.any(Number),
      },
    ])
    expect(asked).toContain(`webhook:${id}`)
  })

  it('pays nothing on a forged word: it is stored, untrusted, and the provider’s answer is what counts', async () => {
    const id = await attempt()
    const reply = await deliver(bodyFor(id), '198.51.100.66', { 'x-forwarded-for': '52.192.112.175' })
    expect(reply.statusCode).toBe(200)
    expect(await stored(id)).toMatchObject([{ trusted: false, sourceAddress: '198.51.100.66' }])
    await until('the provider was asked', () => bench.simulator.url !== '' && asked.includes(`webhook:${id}`))
    const types = await until('the answer is booked', async () => {
      const found = await bench.typesOf(`payment-${id}`)
      return found.length > 1 && found
    })
    expect(types).not.toContain('PaymentSucceeded')
  })

  it('stores a body that is repeated ten times once, and asks each time', async () => {
    const id = await attempt()
    const replies = await Promise.all(Array.from({ length: 10 }, () => deliver(bodyFor(id))))
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(await stored(id)).toHaveLength(1)
    expect(asked.filter((question) => question === `webhook:${id}`)).toHaveLength(10)
  })

  it('keeps what names no attempt of ours in the one bounded ring, and asks nobody', async () => {
    const before = asked.length
    expect(bounded).toEqual([['notification-unknown', 1_000]])
    await deliver(bodyFor('someone-elses-order'))
    await deliver(bodyFor('no/such\u0000id'))
    await deliver('{"notification_type":"file.created","path":"https://169.254.169.254/latest"}')
    const ring = await stored('unknown')
    expect(ring.map(({ claim }) => claim.merchantPaymentId)).toEqual([
      'someone-elses-order',
      'no/such\u0000id',
      undefined,
    ])
    expect(asked).toHaveLength(before)
    expect(await bench.typesOf('notification-someone-elses-order')).toEqual([])
  })

  it('stores what is no JSON, no text and nothing at all', async () => {
    const before = (await stored('unknown')).length
    for (const payload of [
      '{"state":',
      Buffer.from([0xff, 0xfe, 0x00, 0x80]),
      '',
      '[]',
      'null',
      '"COMPLETED"',
    ])
      expect((await deliver(payload)).statusCode).toBe(200)
    const xml = await bench.app.inject({
      method: 'POST',
      url: '/api/paypay/webhook',
      headers: { 'content-type': 'text/xml' },
      payload: '<COMPLETED/>',
    })
    expect(xml.statusCode).toBe(200)
    expect(await stored('unknown')).toHaveLength(before + 7)
  })

  it('cuts a huge delivery with a mark instead of losing it', async () => {
    const id = await attempt()
    const reply = await deliver(`${bodyFor(id).slice(0, -1)},"note":"${'x'.repeat(200_000)}"}`)
    expect(reply.statusCode).toBe(200)
    const [last] = (await stored('unknown')).slice(-1)
    expect(last?.rawBody.length).toBe(64 * 1_024 + CUT_MARK.length)
    expect(last?.rawBody.endsWith(CUT_MARK)).toBe(true)
  })

  it('answers 503 when it cannot store, so that the provider repeats it, and stores the repeat', async () => {
    const id = await attempt()
    isDown = true
    const reply = await deliver(bodyFor(id))
    isDown = false
    expect(reply.statusCode).toBe(503)
    expect(await stored(id)).toEqual([])
    expect((await deliver(bodyFor(id))).statusCode).toBe(200)
    expect(await stored(id)).toHaveLength(1)
  })

  it('needs no session and no CSRF token, and counts its verdicts', async () => {
    const text = await bench.deps.metrics.registry.metrics()
    for (const verdict of ['stored', 'repeated', 'unknown-payment', 'unavailable'])
      expect(text).toMatch(new RegExp(`kessai_webhooks_total\\{verdict="${verdict}"\\} [1-9]`))
  })

  it('survives any body at all: never a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        async (payload) => {
          expect((await deliver(payload)).statusCode).toBe(200)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('with a secret path', () => {
  const secret = 'a-secret-path-of-some-length-9c1e'
  it('takes deliveries there and nowhere else, and never logs the secret', async () => {
    const bench = await apiBench({ environment: { PAYPAY_WEBHOOK_SECRET: secret } })
    const to = async (path: string) =>
      (await bench.app.inject({ method: 'POST', url: `/api/paypay/webhook${path}`, payload: bodyFor('x') }))
        .statusCode
    expect(await to(`/${secret}`)).toBe(200)
    expect(await to('')).toBe(404)
    expect(await to(`/${secret}x`)).toBe(404)
    expect(await to(`/${secret.slice(0, -1)}`)).toBe(404)
    expect(await to('/guess')).toBe(404)
    expect(await bench.typesOf(UNKNOWN_NOTIFICATIONS_STREAM)).toHaveLength(1)
    expect(bench.logs()).toContain('/api/paypay/webhook/:secret')
    expect(bench.logs()).not.toContain(secret)
    await bench.close()
  })
})

describe('what a body claims', () => {
  it.each<[string, object, object]>([
    [
      'PayPay’s own shape',
      { merchant_order_id: 'a-1', state: 'COMPLETED', order_amount: '7490' },
      { merchantPaymentId: 'a-1', status: 'COMPLETED' },
    ],
    [
      'an amount that is a number',
      { merchant_order_id: 'a-1', state: 'FAILED', order_amount: 7490 },
      { merchantPaymentId: 'a-1', status: 'FAILED' },
    ],
    [
      'the older shape',
      { merchantPaymentId: 'a-1', status: 'SUCCESS', amount: { amount: 1, currency: 'JPY' } },
      { merchantPaymentId: 'a-1', status: 'SUCCESS' },
    ],
    [
      'the older shape under data',
      { data: { merchantPaymentId: 'a-1', status: 'SUCCESS' } },
      { merchantPaymentId: 'a-1', status: 'SUCCESS' },
    ],
    ['an empty order id', { merchant_order_id: '', state: 'AUTHORIZED' }, { status: 'AUTHORIZED' }],
    ['an id that is a number', { merchant_order_id: 12, state: null }, { merchantPaymentId: '12' }],
    ['nothing usable', { merchant_order_id: { $gt: '' }, state: ['COMPLETED'] }, {}],
  ])('reads %s', (_what, body, claim) => {
    expect(claimIn(JSON.stringify(body))).toEqual(claim)
  })
})
