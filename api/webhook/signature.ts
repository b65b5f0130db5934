import type { IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'
import type { RawBody } from './raw-body.ts'

/** Whether a delivery was signed with one of our secrets, a few minutes ago at most. */
export type SignatureCheck = (body: RawBody, headers: IncomingHttpHeaders) => boolean

/**
 * Standard Webhooks: HMAC-SHA256 over id, time and body. PayPay signs nothing; this is for gateways that do. While a
 * secret is being changed, two of them are good.
 */
export const signatureCheck = (secrets: readonly string[]): SignatureCheck => {
  const keys = secrets.map((secret) => new Webhook(secret))
  return ({ text, isCut }, headers) => {
    if (isCut) return false
    const signed = {
      'webhook-id': single(headers['webhook-id']),
      'webhook-timestamp': single(headers['webhook-timestamp']),
      'webhook-signature': single(headers['webhook-signature']),
    }
    return keys.some((key) => {
      try {
        key.verify(text, signed, { jsonParse: false })
        return true
      } catch {
        return false
      }
    })
  }
}

const single = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')
