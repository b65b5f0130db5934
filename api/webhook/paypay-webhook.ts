import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { Problem } from '../problems.ts'
import type { RateLimits } from '../plugins/rate-limits.ts'
import { traceOf } from '../plugins/request-context.ts'
import { rawBodyOf, readRawBody, type RawBody } from './raw-body.ts'
import { receiving, UNKNOWN_NOTIFICATIONS_STREAM, type Delivery } from './receiving.ts'
import { signatureCheck } from './signature.ts'
import { addressList, deliverySource } from './source-address.ts'
import { surpriseCounter } from './surprises.ts'

const KEPT_UNKNOWN_NOTIFICATIONS = 1_000

/**
 * The provider's deliveries over HTTP. Whatever a body holds, it is answered 200 once it is stored; 503 means that it
 * could not be, and that the provider has to repeat it.
 */
export const paypayWebhook = (
  app: ApiScope,
  deps: ApiDependencies,
  limits: RateLimits,
  signal: AbortSignal,
): void => {
  const { config, metrics, logger, answerDeliveriesWithinMs: answerWithinMs } = deps
  const inbox = receiving({
    ...deps,
    ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
    onQuestionFailed: (error, merchantPaymentId) => {
      logger.warn({ error: String(error), merchantPaymentId }, 'Asking after a webhook failed')
    },
  })
  const sourceOf = deliverySource(config.TRUSTED_PROXIES)
  const isProviders = addressList(config.PAYPAY_WEBHOOK_ADDRESSES)
  const { PAYPAY_WEBHOOK_SIGNING_SECRETS: signingSecrets } = config
  const isSigned = signingSecrets === undefined ? undefined : signatureCheck(signingSecrets)
  const surprises = surpriseCounter(metrics.registry)

  const deliveryOf = (body: RawBody, request: FastifyRequest): Delivery => {
    const sourceAddress = sourceOf(request)
    return {
      body,
      sourceAddress,
      trusted: isProviders(sourceAddress),
      signature: isSigned === undefined ? 'unsigned' : 'verified',
      causationId: request.id,
      ...traceOf(request.headers),
    }
  }

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = request.body === undefined ? EMPTY : Body.parse(request.body)
    const observe = (verdict: string): void => {
      metrics.webhooks.inc({ verdict })
      metrics.webhookDuration.observe({ verdict }, reply.elapsedTime / 1_000)
    }
    if (isSigned?.(body, request.headers) === false) {
      observe('bad-signature')
      throw new Problem('webhook-signature-invalid')
    }
    try {
      const { verdict, surprise } = await inbox.receive(deliveryOf(body, request))
      observe(verdict)
      if (surprise !== undefined) {
        surprises.inc({ surprise })
        request.log.warn({ surprise, verdict }, 'A webhook says something nobody here knows')
      }
    } catch (error) {
      observe('unavailable')
      throw error
    }
    return reply.type('text/plain; charset=utf-8').send('OK')
  }

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => readRawBody(payload))
  // What the sender calls its bytes is not worth an argument, which Fastify would begin over a malformed name.
  app.addHook('onRequest', (request, _reply, done) => {
    request.raw.headers['content-type'] = 'application/octet-stream'
    done()
  })
  void boundRing(deps, signal)

  const secret = config.PAYPAY_WEBHOOK_SECRET
  const schema = {
    tags: ['provider'],
    summary: 'PayPay tells of a payment',
    description: 'A hint to ask; anything is stored, and nothing is believed. Answers OK once it is stored.',
  }
  if (secret === undefined) {
    app.post(
      '/api/paypay/webhook',
      { config: { access: 'provider' }, schema, onRequest: limits.webhook },
      handle,
    )
    return
  }
  app.post(
    '/api/paypay/webhook/:secret',
    {
      config: { access: 'provider' },
      schema: { ...schema, params: SecretParams },
      onRequest: [
        // Before the body is read, and told from an address that does not exist by nothing. Before anything is counted,
        // too: behind a proxy that is not configured, strangers and the provider are one sender.
        (request, _reply, done) => {
          const isKnown = isSame(SecretParams.parse(request.params).secret, secret)
          done(isKnown ? undefined : new Problem('not-found'))
        },
        limits.webhook,
      ],
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
const Body = z.object({
  text: z.string(),
  stored: z.object({ content: z.string(), encoding: z.enum(['utf8', 'base64']) }),
  isCut: z.boolean(),
  hash: z.string(),
})
const EMPTY = rawBodyOf(Buffer.alloc(0))

/** Compares hashes, so that neither the length nor the time says how much was right. */
const isSame = (given: string, secret: string): boolean =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(secret).digest())
