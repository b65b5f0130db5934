import type { IncomingHttpHeaders } from 'node:http'

/** What the headers of an answer tell apart from its status. */
export interface AnswerHeaders {
  /** The X-REQUEST-ID, which PayPay's support asks for. */
  requestId?: string
  /** The sender's time by its Date header, to the second. */
  serverTimeMs?: number
  /** How long the sender asks us to wait (RFC 9110, 10.2.3). */
  retryAfterMs?: number
}

/** Reads the headers; what is absent or garbled is left out. */
export function readAnswerHeaders(headers: IncomingHttpHeaders): AnswerHeaders {
  const requestId = headers['x-request-id']
  const serverTimeMs = instantOf(headers.date)
  const retryAfterMs = waitOf(headers['retry-after'], serverTimeMs)
  return {
    ...(typeof requestId === 'string' ? { requestId: requestId.slice(0, 64) } : {}),
    ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

function instantOf(text: string | undefined): number | undefined {
  const atMs = Date.parse(text ?? '')
  return Number.isNaN(atMs) ? undefined : atMs
}

/** Seconds, or a date, which is read against the sender's own clock because ours may be the wrong one. */
function waitOf(text: string | undefined, serverTimeMs: number | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000
  const untilMs = instantOf(text)
  return untilMs === undefined || serverTimeMs === undefined ? undefined : Math.max(0, untilMs - serverTimeMs)
}
