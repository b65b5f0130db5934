import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A delivery as it came, bounded. */
export interface RawBody {
  /** To be read from; what is no UTF-8 in it is replaced. */
  readonly text: string
  /** To be stored: the same, or base64 where bytes would be lost. */
  readonly stored: { readonly content: string; readonly encoding: 'utf8' | 'base64' }
  /** Whether the delivery was longer than this. */
  readonly isCut: boolean
  /** SHA-256 over every byte that was read, lower-case hex. */
  readonly hash: string
}

/** Real deliveries have a few hundred bytes. */
export const KEPT_BYTES = 64 * 1_024
/** What follows is thrown away unseen; how long that may go on is bounded by the time a request may take. */
const READ_BYTES = 1_024 * 1_024

/** The sender went away before it had sent what it announced. */
export class BodyBrokenOff extends Error {
  override readonly name = 'BodyBrokenOff'
  readonly statusCode = 400
}

/**
 * Reads a delivery of any length. A long one is cut rather than refused: the provider would repeat a refused delivery a
 * few times and then drop it for good.
 * @throws BodyBrokenOff when the connection ends before the body does.
 */
export const readRawBody = async (payload: IncomingMessage): Promise<RawBody> => {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let length = 0
  try {
    // Left early, the stream must live on: destroying it would take the connection along, and the answer with it. And
    // it must flow on: half read, it would keep the connection open until the request times out.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
      hash.update(bytes)
      if (length < KEPT_BYTES) kept.push(bytes.subarray(0, KEPT_BYTES - length))
      length += bytes.length
      if (length > READ_BYTES) break
    }
    payload.resume()
  } catch (error) {
    throw new BodyBrokenOff('The body broke off', { cause: error })
  }
  return bounded(Buffer.concat(kept), length, hash)
}

/** The same of a body that is there already. */
export const rawBodyOf = (bytes: Buffer): RawBody =>
  bounded(bytes.subarray(0, KEPT_BYTES), bytes.length, createHash('sha256').update(bytes))

const bounded = (kept: Buffer, length: number, hash: Hash): RawBody => {
  const isCut = length > kept.length
  const whole = isCut ? withoutHalfCharacter(kept) : kept
  const text = whole.toString('utf8')
  return {
    text,
    stored: isUtf8(whole)
      ? { content: text, encoding: 'utf8' }
      : { content: kept.toString('base64'), encoding: 'base64' },
    isCut,
    hash: hash.digest('hex'),
  }
}

/** A cut may fall into a character, which has four bytes at most. */
const withoutHalfCharacter = (bytes: Buffer): Buffer => {
  for (let dropped = 0; dropped <= 3; dropped += 1) {
    const shorter = bytes.subarray(0, bytes.length - dropped)
    if (isUtf8(shorter)) return shorter
  }
  return bytes
}
