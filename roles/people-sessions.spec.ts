import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '#api/testing.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readConfig } from '#platform/config/config.ts'
import { keepingSessions, startRedisStandIn, type RedisStandIn } from '#platform/redis/testing.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openSessions, type OpenSessions } from './people-sessions.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-people-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

describe('where sessions are', () => {
  const lines: object[] = []
  const logger = {
    info: (...facts: readonly unknown[]) => void lines.push(facts),
    warn: (...facts: readonly unknown[]) => void lines.push(facts),
  }
  const { registry } = createMetrics()
  const openWith = (environment: Record<string, string>): OpenSessions =>
    openSessions({
      config: readConfig({ KESSAI_DATA: directory, ...environment }),
      clock: systemClock,
      logger,
      registry,
    })

  it('is a file of this machine by default, of which there is nothing to tell', async () => {
    const opened = openWith({})
    expect(await opened.readiness()).toEqual([])
    expect(opened).not.toHaveProperty('sharedCounts')
    expect(await registry.metrics()).not.toContain('kessai_sessions')
    await opened.sessions.close()
  })

  describe('with REDIS_URL', () => {
    let redis: RedisStandIn
    let opened: OpenSessions
    beforeAll(async () => {
      redis = await startRedisStandIn(keepingSessions())
      redis.behave = 'hanging'
      opened = openWith({ REDIS_URL: redis.url.replace('//', '//kessai:the-password@') })
    })
    afterAll(async () => {
      await opened.sessions.close()
      await redis.stop()
    })
    const metric = async (name: string): Promise<number> =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await registry.metrics())?.[1])

    it('opens at once also while Redis is away, and is red and aside until it answers', async () => {
      expect(await opened.readiness()).toEqual([
        { name: 'sessions', ok: false, isAside: true, detail: expect.stringMatching(/^Redis: /) },
      ])
      expect(await metric('kessai_sessions_redis_up')).toBe(0)
      expect(await metric('kessai_sessions_redis_failures_total')).toBeGreaterThan(0)
      redis.behave = 'well'
      await until('it is ready', async () => (await opened.readiness())[0]?.ok)
      expect(await opened.readiness()).toEqual([{ name: 'sessions', ok: true, isAside: true }])
      expect(await metric('kessai_sessions_redis_up')).toBe(1)
    })

    it('is told once of each outage, without a password', async () => {
      lines.length = 0
      redis.behave = 'hanging'
      for (let time = 0; time < 3; time += 1)
        expect((await opened.readiness())[0]).toMatchObject({ ok: false, isAside: true })
      redis.behave = 'well'
      await until('it is ready', async () => (await opened.readiness())[0]?.ok)
      expect(lines).toHaveLength(2)
      expect(JSON.stringify(lines)).not.toContain('the-password')
    })
  })
})
