import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ReadinessPart } from '#api/dependencies.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { connectRedis } from '#platform/redis/link.ts'
import { sharedCounts, type SharedCounts } from '#platform/redis/shared-counts.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import { openRedisSessions } from '#platform/sessions/redis.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import { measureSessions } from '#platform/telemetry/sessions.ts'
import { enginePart } from './readiness-parts.ts'

export interface SessionsOptions {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'warn'>
  readonly registry: Registry
}

/** Where sessions are, and what comes with it. */
export interface OpenSessions {
  readonly sessions: SessionStore
  /** Present where instances have a Redis in common. */
  readonly sharedCounts?: SharedCounts
  /** Nothing to tell of a file on this machine. */
  readonly readiness: () => Promise<readonly ReadinessPart[]>
}

/** Redis where it is configured. It need not be there at start: the shop opens, and nobody is signed in until it is. */
export const openSessions = ({ config, clock, logger, registry }: SessionsOptions): OpenSessions => {
  if (config.REDIS_URL === undefined)
    return {
      sessions: openSqliteSessions({ file: join(config.KESSAI_DATA, 'sessions.db'), clock }),
      readiness: () => Promise.resolve([]),
    }
  const measured = measureSessions(registry, () => link.trouble() === undefined)
  const link = connectRedis({
    url: config.REDIS_URL,
    onChange: (trouble) => {
      if (trouble === undefined) logger.info('Sessions can be read in Redis')
      else logger.warn({ trouble }, 'Redis does not answer: nobody is known to be signed in')
    },
    onFailure: () => {
      measured.failures.inc()
    },
  })
  const sessions = openRedisSessions({ link, clock })
  return {
    sessions,
    sharedCounts: sharedCounts(link),
    readiness: async () => {
      const part = await enginePart('sessions', sessions.get('readiness'), clock)
      const trouble = link.trouble()
      return [{ ...part, isAside: true, ...(trouble === undefined ? {} : { detail: `Redis: ${trouble}` }) }]
    },
  }
}
