import type { Redis } from 'ioredis'

/** One connection to Redis that is looked after. */
export interface RedisLink {
  /**
   * Asks one question. It is refused at once while there is no connection, and given up after a fixed time; nothing is
   * queued and nothing is asked twice, so a question that failed may have been answered all the same.
   * @throws RedisUnavailable
   */
  readonly ask: <T>(question: (redis: Redis) => Promise<T>) => Promise<T>
  /** What keeps Redis from answering, in words without an address or a credential; undefined while it answers. */
  readonly trouble: () => string | undefined
  /** Repeatable. */
  readonly close: () => Promise<void>
}

/** Redis does not answer, or answers that it cannot serve: what it holds is not known right now. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable'
}
