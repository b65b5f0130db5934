import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { errorCode } from './error-code.ts'

export interface WebhookTarget {
  url: string
  /**
   * PayPay signs nothing. With a secret (`whsec_` and base64) deliveries carry the three headers of the
   * Standard Webhooks scheme, for an endpoint that runs in its signed mode.
   */
  signingSecret?: string
}

export interface Post {
  target: WebhookTarget
  body: Buffer
  timeoutMs: number
  /** Identifies the message, not the attempt. */
  messageId: string
  nowMs: number
  /** Local address to send from, to appear as another sender (on Linux all of 127.0.0.0/8 is there). */
  fromAddress?: string
  headers?: Readonly<Record<string, string>>
}

export type PostResult = { kind: 'answered'; httpStatus: number } | { kind: 'failed'; error: string }

/** One attempt. Never rejects; settles within the time-out. Redirects are not followed. */
export async function postWebhook(post: Post): Promise<PostResult> {
  try {
    return { kind: 'answered', httpStatus: await statusAnswered(post) }
  } catch (error) {
    return { kind: 'failed', error: errorCode(error) ?? String(error) }
  }
}

function statusAnswered(post: Post): Promise<number> {
  const url = new URL(post.target.url)
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      // A connection of its own each time: an endpoint that restarts is met afresh.
      agent: false,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'PayPay-simulator',
        ...signatureHeaders(post),
        ...post.headers,
        'content-length': String(post.body.length),
      },
      ...(post.fromAddress === undefined ? {} : { localAddress: post.fromAddress }),
    })
    const deadline = setTimeout(() => request.destroy(new Error('timed out')), post.timeoutMs)
    request.on('close', () => clearTimeout(deadline))
    request.on('error', reject)
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      // The rest of the answer is read and thrown away; the deadline ends one that never ends.
      response.on('error', () => undefined)
      response.resume()
    })
    request.end(post.body)
  })
}

function signatureHeaders({ target, body, messageId, nowMs }: Post): Record<string, string> {
  if (target.signingSecret === undefined) return {}
  const key = Buffer.from(target.signingSecret.replace(/^whsec_/, ''), 'base64')
  const timestamp = String(Math.floor(nowMs / 1000))
  const mac = createHmac('sha256', key).update(`${messageId}.${timestamp}.`).update(body).digest('base64')
  return { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }
}
