import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A delivery as it came, bounded. */
export interface RawBody {
  readonly text: string
  /** SHA-256 over every byte that was read, lower-case hex. */
  readonly hash: string
}

/** Real deliveries have a few hundred bytes. */
const KEPT_BYTES = 64 * 1_024
/** What follows is not even read. */
const READ_BYTES = 1_024 * 1_024
export const CUT_MARK = '\n[cut here: the delivery was longer]'

/**
 * Reads a delivery of any length. A long one is cut with a mark rather than refused: the provider would repeat a
 * refused delivery a few times and then drop it for good.
 */
export const readRawBody = async (payload: IncomingMessage): Promise<RawBody> => {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let length = 0
  for await (const chunk of payload) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    hash.update(bytes)
    if (length < KEPT_BYTES) kept.push(bytes.subarray(0, KEPT_BYTES - length))
    length += bytes.length
    if (length > READ_BYTES) break
  }
  const text = Buffer.concat(kept).toString('utf8')
  return { text: length > KEPT_BYTES ? text + CUT_MARK : text, hash: hash.digest('hex') }
}
