import type { ExpectedRevision } from './facts.ts'
import { NO_EVENTS, TOMBSTONE } from './facts.ts'

/** What the rules need to know about a stream; each answer is fetched only if a rule asks for it. */
export type StreamSituation = {
  readonly lastRevision: number
  readonly isSoftDeleted: () => boolean
  /** Whether somebody has set metadata; a stream with metadata alone counts as existing. */
  readonly hasMetadata: () => boolean
  /** The id of the event at exactly this revision. */
  readonly eventIdAt: (revision: number) => string | undefined
  /** Where this event lies if it was written to this stream lately; a bounded, best-effort memory. */
  readonly recentRevisionOf: (eventId: string) => number | undefined
}

export type Verdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'already-appended'; readonly lastRevision: number }
  | { readonly kind: 'wrong-expected-revision' }
  | { readonly kind: 'stream-deleted' }

const APPEND: Verdict = { kind: 'append' }
const WRONG: Verdict = { kind: 'wrong-expected-revision' }
const DELETED: Verdict = { kind: 'stream-deleted' }

/** `any` and `stream-exists` can only recognise a repeat by remembering the ids themselves. */
const judgeByMemory = (situation: StreamSituation, ids: readonly string[]): Verdict => {
  let last = NO_EVENTS
  for (const [index, id] of ids.entries()) {
    const revision = situation.recentRevisionOf(id)
    if (revision === undefined) return index === 0 ? APPEND : WRONG
    last = revision
  }
  return ids.length === 0 ? APPEND : { kind: 'already-appended', lastRevision: last }
}

/** A writer that expects less than there is either repeats itself, event by event, or is wrong. */
const judgeByRevision = (situation: StreamSituation, after: number, ids: readonly string[]): Verdict => {
  for (const [index, id] of ids.entries()) {
    if (situation.eventIdAt(after + 1 + index) === id) continue
    const mayStartAnew = index === 0 && after === NO_EVENTS && situation.isSoftDeleted()
    return mayStartAnew ? APPEND : WRONG
  }
  return ids.length === 0 ? APPEND : { kind: 'already-appended', lastRevision: after + ids.length }
}

/**
 * Decides whether an append with these event ids may go ahead, in the server's order of precedence: a
 * tombstone, then what must exist, then repeats, then the revision itself.
 */
export const judge = (
  situation: StreamSituation,
  expected: ExpectedRevision,
  ids: readonly string[],
): Verdict => {
  const { lastRevision } = situation
  if (lastRevision === TOMBSTONE) return DELETED
  if (expected === 'stream-exists') {
    if (situation.isSoftDeleted()) return DELETED
    if (lastRevision === NO_EVENTS && !situation.hasMetadata()) return WRONG
  }
  if (expected === 'any' || expected === 'stream-exists') return judgeByMemory(situation, ids)
  const after = expected === 'no-stream' ? NO_EVENTS : expected
  if (after > lastRevision) return WRONG
  if (after < lastRevision) return judgeByRevision(situation, after, ids)
  return APPEND
}
