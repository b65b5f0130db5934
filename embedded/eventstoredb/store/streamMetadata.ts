import { z } from 'zod'
import { LONG_MAX, NO_EVENTS } from './facts.ts'

/** What a stream's metadata says about which of its events a stream read shows. `$all` shows them all. */
export type Retention = {
  readonly maxCount?: number | undefined
  readonly maxAgeMs?: number | undefined
  readonly truncateBefore?: number | undefined
}

/** Nothing is hidden. */
export const KEEP_ALL: Retention = {}

/** Metadata streams keep only their last event. */
export const KEEP_LAST: Retention = { maxCount: 1 }

/** `$tb` at or above this means softly deleted; JSON numbers of that size have lost their last digits. */
const SOFT_DELETED_FROM = Number(LONG_MAX)

/** The metadata that a soft delete leaves; written as text because a JavaScript number cannot hold it. */
export const SOFT_DELETED_JSON = `{"$tb":${LONG_MAX}}`

/**
 * Only the keys this node acts on, and `$cacheControl`, which can make the whole invalid. `$acl` is kept for the
 * client: without TLS nobody enforces it, and over TLS every user here is an administrator, whom no ACL stops.
 */
const metadataSchema = z.object({
  $maxCount: z.number().int().positive().optional(),
  $maxAge: z.number().positive().optional(),
  $tb: z.number().nonnegative().optional(),
  $cacheControl: z.number().positive().optional(),
})

/** Reads the body of a `$metadata` event. A body that is not valid metadata hides nothing, as in the server. */
export const parseRetention = (data: Uint8Array): Retention => {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(data).toString('utf8'))
  } catch {
    return KEEP_ALL
  }
  const parsed = metadataSchema.safeParse(json)
  if (!parsed.success) return KEEP_ALL
  const { $maxCount, $maxAge, $tb } = parsed.data
  return {
    maxCount: $maxCount,
    maxAgeMs: $maxAge === undefined ? undefined : $maxAge * 1_000,
    truncateBefore: $tb,
  }
}

/** Whether the stream was softly deleted and not written to since. */
export const isSoftDeleted = (retention: Retention): boolean =>
  retention.truncateBefore !== undefined && retention.truncateBefore >= SOFT_DELETED_FROM

/**
 * The metadata of a softly deleted stream that lives again from `revision` on: whatever else it said stays,
 * and everything before stays hidden.
 */
export const withTruncateBefore = (data: Uint8Array, revision: number): Buffer => {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(data).toString('utf8'))
  } catch {
    json = {}
  }
  const kept = z.record(z.string(), z.unknown()).safeParse(json)
  return Buffer.from(JSON.stringify({ ...(kept.success ? kept.data : {}), $tb: revision }))
}

/** The first revision that count and truncation leave visible in a stream that ends at `lastRevision`. */
export const firstVisible = (retention: Retention, lastRevision: number): number => {
  if (lastRevision === NO_EVENTS) return 0
  const byCount = retention.maxCount === undefined ? 0 : lastRevision - retention.maxCount + 1
  return Math.max(0, byCount, retention.truncateBefore ?? 0)
}

/** Whether an event written at `createdMs` is too old to be shown. */
export const isExpired = (retention: Retention, createdMs: number, nowMs: number): boolean =>
  retention.maxAgeMs !== undefined && createdMs < nowMs - retention.maxAgeMs
