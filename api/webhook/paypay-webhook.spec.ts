import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { merchantPaymentIdOf, OrderId, type MerchantPaymentId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { ProviderNotificationReceived } from '#domain/notification/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { apiBench, until, type ApiBench } from '../testing.ts'
import { UNKNOWN_NOTIFICATIONS_STREAM } from './receiving.ts'
import { bodyFor } from './spec-rig.ts'

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
        bodyEncoding: 'utf8',
        bodyCut: false,
        bodyHash: createHash('sha256').update(body).digest('hex'),
        claim: { merchantPaymentId: id, status: 'COMPLETED', type: 'Transaction' },
        sourceAddress: '52.192.112.175',
        trusted: true,
        signature: 'unsigned',
        verdict: 'known-payment',
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
    for (const verdict of ['stored', 'repeated', 'unknown-payment', 'no-payment', 'unavailable'])
      expect(text).toMatch(new RegExp(`kessai_webhooks_total\\{verdict="${verdict}"\\} [1-9]`))
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

describe('behind a proxy', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({
      environment: {
        TRUSTED_PROXIES: '10.0.0.0/8',
        PAYPAY_WEBHOOK_ADDRESSES: '52.192.112.175',
        PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE: '5',
      },
    })
  })
  afterAll(() => bench.close())

  const from = async (forwardedFor: string, remoteAddress = '10.0.0.1') =>
    bench.app.inject({
      method: 'POST',
      url: '/api/paypay/webhook',
      headers: { 'x-forwarded-for': forwardedFor },
      payload: bodyFor(`other-${randomUUID()}`),
      remoteAddress,
    })
  const lastKept = async (): Promise<Stored | undefined> =>
    (await bench.eventsOf(UNKNOWN_NOTIFICATIONS_STREAM)).map(({ data }) => Stored.parse(data)).at(-1)

  it.each([
    ['52.192.112.175', '10.0.0.1', '52.192.112.175', true],
    ['52.192.112.175:4711', '10.0.0.1', '52.192.112.175', true],
    ['52.192.112.175, 198.51.100.1', '10.0.0.1', '198.51.100.1', false],
    ['52.192.112.175', '198.51.100.2', '198.51.100.2', false],
    ['52.192.112.175, nonsense', '10.0.0.1', '10.0.0.1', false],
  ])('believes %s from %s as far as %s, trusted: %s', async (forwardedFor, peer, sourceAddress, trusted) => {
    expect((await from(forwardedFor, peer)).statusCode).toBe(200)
    expect(await lastKept()).toMatchObject({ sourceAddress, trusted })
  })

  it.each([
    ['an address that forges another each time', (nth: number) => `192.0.2.${nth + 100}, 203.0.113.9`],
    ['a port of its own each time', (nth: number) => `203.0.113.10:${nth + 5_000}`],
    ['an IPv6 network', (nth: number) => `2001:db8:1:2::${nth + 1}`],
  ])('counts %s as one sender, and turns it away with 429', async (_what, nth) => {
    const statuses: number[] = []
    for (let count = 0; count < 7; count += 1) statuses.push((await from(nth(count))).statusCode)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
    expect((await from('203.0.113.77')).statusCode).toBe(200)
  })
})
