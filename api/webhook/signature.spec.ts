import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProviderNotificationReceived } from '#domain/notification/events.ts'
import { apiBench, type ApiBench } from '../testing.ts'
import { UNKNOWN_NOTIFICATIONS_STREAM } from './receiving.ts'
import { bodyFor } from './spec-rig.ts'

const [oldSecret, newSecret, foreignSecret] = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
)
const MINUTE_MS = 60_000

const signed = (secret: string | undefined, body: string, atMs = Date.now(), id = randomUUID()) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(atMs / 1_000)),
  'webhook-signature': new Webhook(secret ?? '').sign(id, new Date(atMs), body),
})

describe('where a gateway signs', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({
      environment: { PAYPAY_WEBHOOK_SIGNING_SECRETS: `${oldSecret},${newSecret}` },
    })
  })
  afterAll(() => bench.close())

  const deliver = (payload: string, headers: Record<string, string>) =>
    bench.app.inject({
      method: 'POST',
      url: '/api/paypay/webhook',
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    })
  const kept = async () =>
    (await bench.eventsOf(UNKNOWN_NOTIFICATIONS_STREAM)).map(({ data }) =>
      ProviderNotificationReceived.parse(data),
    )

  it('takes what is signed with either of two secrets, and keeps that it was', async () => {
    for (const secret of [oldSecret, newSecret]) {
      const body = bodyFor(`of-another-${randomUUID()}`)
      expect((await deliver(body, signed(secret, body))).statusCode).toBe(200)
    }
    expect((await kept()).map(({ signature }) => signature)).toEqual(['verified', 'verified'])
  })

  it.each<[string, (body: string) => Record<string, string>]>([
    ['nothing', () => ({})],
    ['a secret that is not ours', (body) => signed(foreignSecret, body)],
    ['our secret for another body', () => signed(newSecret, bodyFor('another'))],
    ['our secret six minutes ago', (body) => signed(newSecret, body, Date.now() - 6 * MINUTE_MS)],
    ['our secret six minutes from now', (body) => signed(newSecret, body, Date.now() + 6 * MINUTE_MS)],
    ['our secret under another id', (body) => ({ ...signed(newSecret, body), 'webhook-id': 'x' })],
    ['a word', (body) => ({ ...signed(newSecret, body), 'webhook-signature': 'v1' })],
    ['no version we know', (body) => ({ ...signed(newSecret, body), 'webhook-signature': 'v0,c2ln' })],
  ])('refuses what is signed with %s, and stores nothing', async (_what, headersFor) => {
    const before = (await kept()).length
    const body = bodyFor(`of-another-${randomUUID()}`)
    const reply = await deliver(body, headersFor(body))
    expect([reply.statusCode, reply.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'webhook-signature-invalid' }),
    ])
    expect(await kept()).toHaveLength(before)
  })

  it('refuses what is too long to be kept whole, whoever signed it', async () => {
    const body = bodyFor('long', { note: 'x'.repeat(70_000) })
    expect((await deliver(body, signed(newSecret, body))).statusCode).toBe(401)
  })

  it('counts what it refuses', async () => {
    expect(await bench.deps.metrics.registry.metrics()).toMatch(
      /kessai_webhooks_total\{verdict="bad-signature"\} 9/,
    )
  })
})
