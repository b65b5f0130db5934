import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Credentials } from './credentials.ts'

export interface ReceivedRequest {
  method: string
  /** As received, percent-encoding untouched, without query string. */
  path: string
  /** Decoded query parameters. */
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string | undefined>>
  rawBody: Buffer
}

/** The reference allows strictly less than two minutes between the request's epoch and the server's clock. */
const MAX_SKEW_SECONDS = 120

const HEADER = /^hmac OPA-Auth:([^:]+):([^:]+):([^:]+):(\d{1,12}):([^:]+)$/

export type Rejection =
  'no-credentials' | 'unknown-key' | 'clock-skew' | 'body-altered' | 'bad-mac' | 'unknown-merchant'

/** The nonce a request presents; empty without one. */
export function nonceOf(request: ReceivedRequest): string {
  return HEADER.exec(request.headers['authorization'] ?? '')?.[3] ?? ''
}

/**
 * Recomputes the signature from what arrived, the way the reference describes it; undefined means authentic.
 * Written independently of any client, so that a client's mistake is not repeated here.
 */
export function rejectionOf(
  request: ReceivedRequest,
  credentials: Credentials,
  nowMs: number,
): Rejection | undefined {
  const presented = HEADER.exec(request.headers['authorization'] ?? '')
  if (presented === null) return 'no-credentials'
  const [, apiKey = '', mac = '', nonce = '', epoch = '', digest = ''] = presented
  if (apiKey !== credentials.apiKey) return 'unknown-key'
  if (Math.abs(Number(epoch) - Math.floor(nowMs / 1000)) >= MAX_SKEW_SECONDS) return 'clock-skew'

  // A Content-Type on a request without a body (some clients send one with DELETE) takes no part in the signature.
  const hasBody = request.rawBody.length > 0
  const contentType = hasBody ? (request.headers['content-type'] ?? '') : 'empty'
  const expectedDigest = hasBody
    ? createHash('md5').update(contentType, 'utf8').update(request.rawBody).digest('base64')
    : 'empty'
  if (digest !== expectedDigest) return 'body-altered'

  const lines = [request.path, request.method, nonce, epoch, contentType, digest]
  const expectedMac = createHmac('sha256', credentials.apiSecret).update(lines.join('\n')).digest()
  const givenMac = Buffer.from(mac, 'base64')
  if (givenMac.length !== expectedMac.length || !timingSafeEqual(givenMac, expectedMac)) return 'bad-mac'

  // The query wins over the header when both are given.
  const merchant = request.query['assumeMerchant'] ?? request.headers['x-assume-merchant']
  return merchant === credentials.merchantId ? undefined : 'unknown-merchant'
}
