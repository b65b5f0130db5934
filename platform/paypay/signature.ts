import { createHash, createHmac } from 'node:crypto'

export interface SigningKey {
  apiKey: string
  /** Used as UTF-8 text, not base64-decoded. */
  apiSecret: string
}

export interface SignedRequest {
  method: string
  /** Without host and without query string: PayPay does not cover the query by the signature. */
  path: string
  nonce: string
  epochSeconds: number
  /** `contentType` must be the Content-Type header byte for byte, `bytes` exactly what is sent. */
  body?: { contentType: string; bytes: string | Uint8Array }
}

/**
 * The `Authorization` header of one request (PayPay reference, "API authentication").
 * The digest covers the content type first, then the body; a request without a body says `empty` twice.
 */
export function authorizationHeader(key: SigningKey, request: SignedRequest): string {
  const contentType = request.body?.contentType ?? 'empty'
  const digest = request.body
    ? createHash('md5').update(request.body.contentType).update(request.body.bytes).digest('base64')
    : 'empty'
  const covered = [
    request.path,
    request.method,
    request.nonce,
    String(request.epochSeconds),
    contentType,
    digest,
  ]
  const mac = createHmac('sha256', key.apiSecret).update(covered.join('\n')).digest('base64')
  return `hmac OPA-Auth:${key.apiKey}:${mac}:${request.nonce}:${request.epochSeconds}:${digest}`
}
