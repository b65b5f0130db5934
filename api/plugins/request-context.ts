import type { IncomingMessage } from 'node:http'
import type { NewId } from '#platform/ids/ids.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { ApiScope } from '../instance.ts'

const CORRELATION_HEADER = 'x-correlation-id'
const USABLE_ID = /^[A-Za-z0-9_-]{8,64}$/

/** A caller's own id for the request is kept when it is harmless to log, so that both sides find the same request. */
export const correlationIds =
  (newId: NewId) =>
  ({ headers }: IncomingMessage): string => {
    const given = headers[CORRELATION_HEADER]
    return typeof given === 'string' && USABLE_ID.test(given) ? given : newId()
  }

/**
 * Answers the correlation id, measures and logs every request. Logs and labels carry the route's pattern, never the
 * address itself: addresses hold the webhook's secret, socket tokens and search terms.
 */
export const observeRequests = (app: ApiScope, metrics: Metrics): void => {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(CORRELATION_HEADER, request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    const status = reply.statusCode
    const durationMs = reply.elapsedTime
    metrics.httpDuration.observe({ method, route, status: String(status) }, durationMs / 1_000)
    const line = { method, route, status, durationMs: Math.round(durationMs * 10) / 10 }
    if (method === 'GET' && status < 400) request.log.debug(line, 'request')
    else request.log.info(line, 'request')
    done()
  })
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The caller's W3C trace context, to be carried on into events. */
export const traceOf = (headers: IncomingMessage['headers']): { readonly traceparent?: string } => {
  const { traceparent } = headers
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}
}
