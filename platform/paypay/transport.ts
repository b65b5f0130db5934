import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { type AnswerHeaders, readAnswerHeaders } from './answer-headers.ts'

export interface TransportRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** Path and query, as sent. */
  target: string
  headers: Record<string, string>
  body?: string
  timeoutMs: number
}

export type TransportAnswer =
  | ({ kind: 'answered'; httpStatus: number; body: string } & AnswerHeaders)
  | ({
      kind: 'failed'
      reason: 'timed-out' | 'unreachable' | 'connection-lost' | 'unreadable-answer'
      httpStatus?: number
    } & AnswerHeaders)

/** Carries one request. Never rejects and always settles within the request's time-out. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportAnswer>
  /** Ends idle connections; calls under way still settle. */
  close(): void
}

/** Far above any documented answer; a longer one is not PayPay's. */
const MAX_ANSWER_BYTES = 1_048_576

/**
 * Idle connections are given up sooner than a server would close them, because a POST sent into a connection that
 * the other side is just closing has an unknown outcome for no good reason.
 */
const IDLE_CONNECTION_MS = 4_000

/** Hung connections end by their calls' time-outs, so this many bound what a provider in trouble can hold of ours. */
export const MAX_CONNECTIONS = 64

/**
 * A keep-alive transport to one origin.
 *
 * @param baseUrl origin only, `http:` or `https:`; TLS 1.2 is the least PayPay accepts.
 * @param extraCaPem trusted in addition to the public roots (the simulator's certificate).
 */
export function createHttpTransport(baseUrl: string, extraCaPem?: string): Transport {
  const origin = new URL(baseUrl)
  const secure = origin.protocol === 'https:'
  if (!secure && origin.protocol !== 'http:') throw new TypeError(`not an http or https address: ${baseUrl}`)
  const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_CONNECTION_MS }
  const agent = secure
    ? new https.Agent({
        ...pool,
        // Made once: reading all the roots anew for each connection would slow down a storm of reconnections.
        secureContext: tls.createSecureContext({
          minVersion: 'TLSv1.2',
          ...(extraCaPem === undefined ? {} : { ca: [extraCaPem, ...tls.rootCertificates] }),
        }),
      })
    : new http.Agent(pool)
  const request = secure ? https.request : http.request

  return {
    close: () => agent.destroy(),
    send: ({ method, target, headers, body, timeoutMs }) =>
      new Promise<TransportAnswer>((resolve) => {
        let answer: { httpStatus?: number } & AnswerHeaders = {}
        const settle = (result: TransportAnswer) => {
          clearTimeout(deadline)
          resolve(result)
          outgoing.destroy()
        }
        const fail = (reason: Extract<TransportAnswer, { kind: 'failed' }>['reason']) =>
          settle({ kind: 'failed', reason, ...answer })
        const outgoing = request(new URL(target, origin), {
          method,
          agent,
          headers:
            body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        })
        const deadline = setTimeout(() => fail('timed-out'), timeoutMs)
        outgoing.on('error', (error: NodeJS.ErrnoException) =>
          fail(neverConnected(error) ? 'unreachable' : 'connection-lost'),
        )
        outgoing.on('response', (incoming) => {
          answer = {
            ...(incoming.statusCode === undefined ? {} : { httpStatus: incoming.statusCode }),
            ...readAnswerHeaders(incoming.headers),
          }
          const chunks: Buffer[] = []
          let length = 0
          incoming.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length > MAX_ANSWER_BYTES) fail('unreadable-answer')
            else chunks.push(chunk)
          })
          incoming.on('error', () => fail('connection-lost'))
          incoming.on('close', () => {
            if (!incoming.complete) return fail('connection-lost')
            clearTimeout(deadline)
            resolve({
              kind: 'answered',
              ...answer,
              httpStatus: incoming.statusCode ?? 0,
              body: Buffer.concat(chunks).toString('utf8'),
            })
          })
        })
        outgoing.end(body)
      }),
  }
}

const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ERR_TLS_|ERR_SSL_|UNABLE_TO_|.*_CERT)/

/** Everything else, a reset during the handshake included, may have happened after the request was out. */
function neverConnected(error: NodeJS.ErrnoException): boolean {
  return NEVER_CONNECTED.test(error.code ?? '')
}
