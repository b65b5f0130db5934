import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '#platform/clock/clock.ts'
import { sharedCounts } from '#platform/redis/shared-counts.ts'
import { sessionStoreContract } from '#platform/sessions/contract.ts'
import { SessionsUnavailable, type SessionStore } from '#platform/sessions/port.ts'
import { openRedisSessions } from '#platform/sessions/redis.ts'
import { eventually, linked, startRedisServer, type RedisServer } from './redis-server.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedisServer()
})
afterAll(() => server.kill())

sessionStoreContract('Redis', async (clock) => {
  await server.tell('FLUSHALL')
  return openRedisSessions({ link: await linked(server.url), clock })
})

describe('sessions in Redis', () => {
  let store: SessionStore
  beforeEach(async () => {
    await server.tell('FLUSHALL')
    store = openRedisSessions({ link: await linked(server.url), clock: systemClock, largestOfOne: 5 })
    return () => store.close()
  })
  const record = (subject: string, lifeMs = 60_000) => ({
    subject,
    body: '{"cookie":{}}',
    expiresAtMs: systemClock.nowMs() + lifeMs,
  })
  const ttlOf = async (key: string): Promise<number> => Number(await server.tell('PTTL', key))

  it('are one key each that ends with the session, and a list that ends a minute after its longest', async () => {
    await store.set('long', record('hanako', 60_000))
    await store.set('short', record('hanako', 10_000))
    expect(
      z
        .array(z.string())
        .parse(await server.tell('KEYS', '*'))
        .toSorted(),
    ).toEqual(['auth:session:long', 'auth:session:short', 'auth:sessions-of:hanako'])
    expect(await ttlOf('auth:session:short')).toBeLessThanOrEqual(10_000)
    expect(await ttlOf('auth:session:long')).toBeGreaterThan(55_000)
    expect(await ttlOf('auth:session:long')).toBeLessThanOrEqual(60_000)
    expect(await ttlOf('auth:sessions-of:hanako')).toBeGreaterThan(115_000)
    expect(await ttlOf('auth:sessions-of:hanako')).toBeLessThanOrEqual(120_000)
  })

  it('leave nothing behind when Redis forgets them by itself, but for a list that ends too', async () => {
    await store.set('brief', record('hanako', 30))
    await eventually('Redis forgot it', async () => (await server.tell('EXISTS', 'auth:session:brief')) === 0)
    expect(await store.get('brief')).toBeUndefined()
    expect(await store.destroyAllOf('hanako')).toBe(0)
    expect(await server.tell('DBSIZE')).toBe(0)
  })

  it('are found by every process, and ended for all of them', async () => {
    const other = openRedisSessions({ link: await linked(server.url), clock: systemClock })
    await store.set('phone', record('hanako'))
    await other.set('laptop', record('hanako'))
    expect(await other.get('phone')).toBeDefined()
    expect(await other.destroyAllOf('hanako')).toBe(2)
    expect(await store.get('laptop')).toBeUndefined()
    await other.close()
  })

  it('are of a bounded number for each subject: those that end soonest make room, never the newest', async () => {
    for (let n = 1; n <= 8; n += 1) await store.set(`s-${n}`, record('hanako', 60_000 + n * 1_000))
    await store.set('newest', record('hanako', 1_000))
    await store.set('other', record('taro'))
    const alive = ['s-1', 's-2', 's-3', 's-4', 's-5', 's-6', 's-7', 's-8', 'newest', 'other']
    const found = await Promise.all(alive.map(async (key) => ((await store.get(key)) ? key : '')))
    expect(found.filter(Boolean)).toEqual(['s-5', 's-6', 's-7', 's-8', 'newest', 'other'])
    expect(await store.destroyAllOf('hanako')).toBe(5)
  })

  it('are all gone, and no trouble, after Redis was flushed', async () => {
    await store.set('a', record('hanako'))
    await server.tell('FLUSHALL')
    expect(await store.get('a')).toBeUndefined()
    expect(await store.destroyAllOf('hanako')).toBe(0)
    await store.set('b', record('hanako'))
    expect(await store.destroyAllOf('hanako')).toBe(1)
  })

  it.each(['', 'no frame', 'hanako\nnot a time\n{}', '\\u12\n9999999999999\n{}'])(
    'are none where %j lies under their key',
    async (value) => {
      await server.tell('SET', 'auth:session:a', value)
      expect(await store.get('a')).toBeUndefined()
      await store.set('a', record('hanako'))
      expect(await store.get('a')).toMatchObject({ subject: 'hanako' })
    },
  )

  it('are not known where a replica answers, for it may tell what was true a while ago', async () => {
    const primary = await startRedisServer()
    try {
      await store.set('a', record('hanako'))
      await server.tell('REPLICAOF', '127.0.0.1', String(primary.port))
      await expect(store.get('a')).rejects.toThrow(SessionsUnavailable)
      await expect(store.destroyAllOf('hanako')).rejects.toThrow(SessionsUnavailable)
      await server.tell('REPLICAOF', 'NO', 'ONE')
      await eventually('it answers again', () =>
        store.get('a').then(
          () => true,
          () => false,
        ),
      )
    } finally {
      await server.tell('REPLICAOF', 'NO', 'ONE')
      await primary.kill()
    }
  })

  it('need no more rights than are documented', async () => {
    await server.tell(
      'ACL',
      'SETUSER',
      'kessai',
      'reset',
      'on',
      '>p@ss:w/rd',
      '~auth:*',
      '~rate:*',
      ...'+getex +get +set +del +eval +incr +pttl +pexpire +zadd +zrem +zcard +zrange +zremrangebyscore'.split(
        ' ',
      ),
      ...'+hello +auth +client|setname +info'.split(' '),
    )
    const link = await linked(`redis://kessai:p%40ss%3Aw%2Frd@127.0.0.1:${server.port}`)
    const narrow = openRedisSessions({ link, clock: systemClock, largestOfOne: 1 })
    await narrow.set('a', record('hanako'))
    await narrow.set('b', record('hanako'))
    expect(await narrow.get('b')).toBeDefined()
    expect(await narrow.destroyAllOf('hanako')).toBe(1)
    await narrow.destroy('a')
    expect((await sharedCounts(link).add('x', 1_000)).count).toBe(1)
    await narrow.close()
  })
})

describe('counts in Redis', () => {
  it('are common to all, begin anew when their time is over, and leave no count without an end', async () => {
    await server.tell('FLUSHALL')
    const links = [await linked(server.url), await linked(server.url)]
    const [one, other] = links.map(sharedCounts)
    if (one === undefined || other === undefined) throw new Error('two links')
    expect(await one.add('k', 60_000)).toEqual({ count: 1, endsInMs: 60_000 })
    const second = await other.add('k', 60_000)
    expect(second.count).toBe(2)
    expect(second.endsInMs).toBeLessThanOrEqual(60_000)
    await server.tell('PERSIST', 'rate:k')
    expect(await one.add('k', 60_000)).toEqual({ count: 3, endsInMs: 60_000 })
    await one.add('brief', 20)
    await eventually('it is over', async () => (await server.tell('EXISTS', 'rate:brief')) === 0)
    expect((await other.add('brief', 20)).count).toBe(1)
    for (const link of links) await link.close()
  })
})
