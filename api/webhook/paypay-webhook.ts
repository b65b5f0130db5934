import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { MerchantPaymentId } from '#domain/ids.ts'
import { notification, UNKNOWN_PAYMENT } from '#domain/notification/aggregate.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import type { RateLimits } from '../plugins/rate-limits.ts'
import { traceOf } from '../plugins/request-context.ts'
import { claimIn } from './claim.ts'
import { readRawBody, type RawBody } from './raw-body.ts'

export const UNKNOWN_NOTIFICATIONS_STREAM = `notification-${UNKNOWN_PAYMENT}`
const KEPT_UNKNOWN_NOTIFICATIONS = 1_000
const REMEMBERED_ATTEMPTS = 20_000

/**
 * The provider's deliveries. Each is stored before it is answered, and then only makes us ask: webhooks are unsigned,
 * so what one says is worth nothing until the provider says it to a question of ours (paypay.md §4.3).
 */
export const paypayWebhook = (
  app: ApiScope,
  deps: ApiDependencies,
  limits: RateLimits,
  signal: AbortSignal,
): void => {
  const { config, clock, newId, commands, eventStore, confirmations, metrics, logger } = deps
  const trustedAddresses = new Set(config.PAYPAY_WEBHOOK_ADDRESSES)
  /** The order of each attempt that is known to exist. */
  const orders = new LRUCache<MerchantPaymentId, string>({ max: REMEMBERED_ATTEMPTS })

  const orderOf = async (merchantPaymentId: MerchantPaymentId): Promise<string | undefined> => {
    const known = orders.get(merchantPaymentId)
    if (known !== undefined) return known
    const last = await eventStore.last(`payment-${merchantPaymentId}`)
    if (last !== undefined) orders.set(merchantPaymentId, last.metadata.correlationId)
    return last?.metadata.correlationId
  }

  const receive = async (
    { text, hash }: RawBody,
    request: FastifyRequest,
  ): Promise<'stored' | 'repeated' | 'unknown-payment'> => {
    const claim = claimIn(text)
    const attempt = MerchantPaymentId.safeParse(claim.merchantPaymentId)
    const orderId = attempt.success ? await orderOf(attempt.data) : undefined
    const known = attempt.success && orderId !== undefined ? attempt.data : undefined
    const outcome = await commands.run(
      notification,
      known ?? UNKNOWN_PAYMENT,
      {
        type: 'RecordNotification',
        rawBody: text,
        bodyHash: hash,
        claim,
        sourceAddress: request.ip,
        trusted: trustedAddresses.has(request.ip),
        receivedAtMs: clock.nowMs(),
      },
      {
        commandId: newId(),
        correlationId: orderId ?? UNKNOWN_NOTIFICATIONS_STREAM,
        causationId: request.id,
        actor: 'provider:paypay',
        ...traceOf(request.headers),
      },
      { expectNew: known !== undefined },
    )
    // Also for a repeat: the question the first one led to may have gone unanswered.
    if (known === undefined) return 'unknown-payment'
    confirmations.ask(known, 'webhook').catch((error: unknown) => {
      logger.warn({ error: String(error), merchantPaymentId: known }, 'Asking after a webhook failed')
    })
    return outcome.kind === 'accepted' ? 'stored' : 'repeated'
  }

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = Body.parse(request.body ?? EMPTY)
    const observe = (verdict: string): void => {
      metrics.webhooks.inc({ verdict })
      metrics.webhookDuration.observe({ verdict }, reply.elapsedTime / 1_000)
    }
    try {
      observe(await receive(body, request))
    } catch (error) {
      observe('unavailable')
      throw error
    }
    return reply.type('text/plain; charset=utf-8').send('OK')
  }

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => readRawBody(payload))
  app.addHook('onRequest', limits.webhook)
  void boundRing(deps, signal)

  const secret = config.PAYPAY_WEBHOOK_SECRET
  const schema = {
    tags: ['provider'],
    summary: 'PayPay tells of a payment',
    description: 'A hint to ask; anything is stored, and nothing is believed. Answers OK once it is stored.',
  }
  if (secret === undefined) {
    app.post('/api/paypay/webhook', { schema }, handle)
    return
  }
  app.post(
    '/api/paypay/webhook/:secret',
    {
      schema: { ...schema, params: z.object({ secret: z.string() }) },
      // Before the body is read, and told from an address that does not exist by nothing.
      onRequest: (request, _reply, done) => {
        done(isSame(SecretParams.parse(request.params).secret, secret) ? undefined : new Problem('not-found'))
      },
    },
    handle,
  )
}

/** Set once and kept by the log; until the log can be reached it is tried again, more and more rarely. */
const boundRing = async (
  { eventStore, clock, logger }: ApiDependencies,
  signal: AbortSignal,
): Promise<void> => {
  for (let waitMs = 1_000; !signal.aborted; waitMs = Math.min(waitMs * 2, 60_000)) {
    try {
      await eventStore.keepOnly(UNKNOWN_NOTIFICATIONS_STREAM, KEPT_UNKNOWN_NOTIFICATIONS)
      return
    } catch (error) {
      logger.warn({ error: String(error) }, 'The ring of unknown notifications is not bounded yet')
    }
    await clock.sleep(waitMs, signal)
  }
}

const SecretParams = z.object({ secret: z.string() })
const Body = z.object({ text: z.string(), hash: z.string() })
const EMPTY: RawBody = { text: '', hash: createHash('sha256').digest('hex') }

/** Compares hashes, so that neither the length nor the time says how much was right. */
const isSame = (given: string, secret: string): boolean =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(secret).digest())
