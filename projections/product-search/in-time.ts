import type { Clock } from '#platform/clock/clock.ts'
import { SearchUnavailable, type ProductSearch } from './port.ts'

export interface InTimeOptions {
  readonly clock: Clock
  /** How long an answer may take. */
  readonly limitMs: number
}

/**
 * The same search, whose answers come within the limit: when an engine rejects or takes longer, it rejects with
 * SearchUnavailable and tells the engine to let go. An index in this process answers at once and is not affected; what it
 * throws is a fault of ours and goes through as it is.
 */
export const inTime = (search: ProductSearch, { clock, limitMs }: InTimeOptions): ProductSearch => {
  const answered = async <T>(ask: (signal: AbortSignal) => T | Promise<T>): Promise<T> => {
    const patience = new AbortController()
    const answer = ask(patience.signal)
    if (!(answer instanceof Promise)) return answer
    const { promise: overdue, reject } = Promise.withResolvers<never>()
    const cancel = clock.timer(limitMs, () => {
      reject(new SearchUnavailable(`No answer within ${limitMs} ms`))
      patience.abort()
    })
    try {
      return await Promise.race([answer, overdue])
    } catch (error) {
      throw error instanceof SearchUnavailable
        ? error
        : new SearchUnavailable('The search engine failed', { cause: error })
    } finally {
      cancel()
    }
  }
  return {
    search: (q, request) => answered((signal) => search.search(q, request, signal)),
    suggest: (q, size, locale) => answered((signal) => search.suggest(q, size, locale, signal)),
  }
}
