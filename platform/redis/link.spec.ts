import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock/clock.ts'
import { connectRedis } from './link.ts'
import { RedisUnavailable, type RedisLink } from './port.ts'
import { startRedisStandIn, type RedisStandIn } from './testing.ts'

const ANSWER_WITHIN_MS = 300
/** Nothing here is answered before that, unless it is given up. */
const FAR_TOO_LATE_MS = 60_000

const eventually = async (what: string, condition: () => boolean, limitMs = 30_000): Promise<void> => {
  const giveUpAtMs = systemClock.monotonicMs() + limitMs
  while (!condition()) {
    if (systemClock.monotonicMs() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await systemClock.sleep(5)
  }
}

describe('a connection to Redis', () => {
  let server: RedisStandIn
  let link: RedisLink
  const told: (string | undefined)[] = []
  let failures = 0
  beforeEach(async () => {
    told.length = 0
    failures = 0
    server = await startRedisStandIn(([name]) => (name === 'GETEX' ? 'kept' : 1))
    link = connectRedis({
      url: server.url,
      answerWithinMs: ANSWER_WITHIN_MS,
      onChange: (trouble) => void told.push(trouble),
      onFailure: () => (failures += 1),
    })
    await answers()
  })
  afterEach(async () => {
    await link.close()
    await server.stop().catch(() => {})
  })
  const answers = () => eventually('Redis answers', () => link.trouble() === undefined)
  const question = () => link.ask((redis) => redis.getex('a'))
  const refused = () => expect(question()).rejects.toThrow(RedisUnavailable)

  it('answers', async () => {
    expect(await question()).toBe('kept')
    expect([told, failures]).toEqual([[undefined], 0])
  })

  it('is refused at once while nobody listens, tells it once, and is back without being told', async () => {
    await server.stop()
    await eventually('it is noticed', () => link.trouble() !== undefined)
    for (let time = 0; time < 20; time += 1) await refused()
    expect(failures).toBe(20)
    await server.start()
    await answers()
    expect(await question()).toBe('kept')
    expect(told).toEqual([undefined, expect.any(String), undefined])
  })

  it('gives a silent server up in time, and asks it nothing more until it greets again', async () => {
    server.behave = 'hanging'
    await refused()
    expect(link.trouble()).toBe('it does not answer')
    const asked = server.asked()
    for (let time = 0; time < 20; time += 1) await refused()
    expect(server.asked()).toBe(asked)
    server.behave = 'well'
    await answers()
    expect(await question()).toBe('kept')
  })

  it('gives up an answer that comes far too late, and all that waited beside it', async () => {
    server.behave = { slowMs: FAR_TOO_LATE_MS }
    const began = systemClock.monotonicMs()
    const all = await Promise.allSettled(Array.from({ length: 50 }, question))
    expect(systemClock.monotonicMs() - began).toBeLessThan(FAR_TOO_LATE_MS / 2)
    expect(all.every(({ status }) => status === 'rejected')).toBe(true)
    server.behave = 'well'
    await answers()
  })

  it('does not take a busy moment of this process for silence', async () => {
    const pending = question()
    const untilMs = systemClock.monotonicMs() + 2 * ANSWER_WITHIN_MS
    while (systemClock.monotonicMs() < untilMs);
    expect(await pending).toBe('kept')
  })

  it.each([
    "READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'NOAUTH Authentication required.',
    "ERR Error running script: @user_script:1: -READONLY You can't write against a read only replica.",
  ])('takes “%s” for a server that is not the one, and connects anew', async (refusal) => {
    server.behave = { refusal }
    await refused()
    expect(link.trouble()).toMatch(/^[A-Z]+$/)
    server.behave = 'well'
    await eventually('it answers again', () => link.trouble() === undefined)
    expect(await question()).toBe('kept')
  })

  it('refuses what Redis refuses, and stays connected for the next question', async () => {
    server.behave = { refusal: 'OOM command not allowed when used memory > maxmemory' }
    await refused()
    server.behave = 'well'
    expect(await question()).toBe('kept')
  })

  it('says nothing of an address or a password', async () => {
    const away = connectRedis({ url: 'redis://someone:the-password@127.0.0.1:1/3' })
    await eventually('it is noticed', () => away.trouble() !== 'not connected yet')
    expect(away.trouble()).toBe('ECONNREFUSED')
    await away.close()
  })

  it('asks nothing after it was closed', async () => {
    await link.close()
    await link.close()
    await expect(question()).rejects.toThrow(RedisUnavailable)
    expect(server.asked()).toBe(0)
  })
})
