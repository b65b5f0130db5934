import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import type { RedisLink } from '../redis/port.ts'
import { MOST_OF_ONE, SessionsUnavailable, type SessionRecord, type SessionStore } from './port.ts'

export interface RedisSessionsOptions {
  readonly link: RedisLink
  readonly clock: Clock
  /** Instead of {@link MOST_OF_ONE}. */
  readonly largestOfOne?: number
}

const SESSION = 'auth:session:'
/** A sorted set of the keys of a subject's sessions by their end. */
const SESSIONS_OF = 'auth:sessions-of:'
/** Machines whose clocks differ must not lose each other's sessions out of the list. */
const LISTED_AFTER_END_MS = 60_000

/**
 * Sessions that any number of processes share. Each is one key that Redis itself forgets in time; what is written
 * beside it is written by one script, so that nobody finds a session that is not in its subject's list. Needs Redis 6.2,
 * and one server: the keys of one script have no common slot of a cluster.
 *
 * The life of a session is given to Redis as a duration, because its clock may differ from ours.
 */
export const openRedisSessions = ({
  link,
  clock,
  largestOfOne = MOST_OF_ONE,
}: RedisSessionsOptions): SessionStore => {
  const ask: RedisLink['ask'] = async (question) => {
    try {
      return await link.ask(question)
    } catch (error) {
      throw new SessionsUnavailable('Redis does not answer', { cause: error })
    }
  }
  const destroy = async (key: string): Promise<void> => {
    await ask((redis) => redis.eval(DESTROY, 1, SESSION + key, SESSIONS_OF, key))
  }

  return {
    get: async (key) => {
      // Unlike GET it counts as a write, so a replica refuses it instead of answering what was true a while ago.
      const value = await ask((redis) => redis.getex(SESSION + key))
      const record = value === null ? undefined : read(value)
      return record === undefined || record.expiresAtMs <= clock.nowMs() ? undefined : record
    },
    set: async (key, record) => {
      const nowMs = clock.nowMs()
      const lifeMs = record.expiresAtMs - nowMs
      if (lifeMs <= 0) {
        await destroy(key)
        return
      }
      const subject = inOneLine(record.subject)
      await ask((redis) =>
        redis.eval(
          SET,
          2,
          SESSION + key,
          SESSIONS_OF + subject,
          `${subject}\n${record.expiresAtMs}\n${record.body}`,
          Math.ceil(lifeMs),
          key,
          record.expiresAtMs,
          nowMs - LISTED_AFTER_END_MS,
          Math.ceil(lifeMs) + LISTED_AFTER_END_MS,
          largestOfOne,
          SESSION,
          SESSIONS_OF,
        ),
      )
    },
    destroy,
    isSignedIn: async (subject) => {
      const list = SESSIONS_OF + inOneLine(subject)
      return (await ask((redis) => redis.zcount(list, `(${clock.nowMs()}`, '+inf'))) > 0
    },
    destroyAllOf: async (subject) => {
      const name = inOneLine(subject)
      return z
        .number()
        .parse(await ask((redis) => redis.eval(DESTROY_ALL, 1, SESSIONS_OF + name, SESSION, name)))
    },
    close: () => link.close(),
  }
}

/** As it is for any ordinary subject; no two are written the same. */
const inOneLine = (subject: string): string => JSON.stringify(subject).slice(1, -1)

/** What is no session of ours is none. */
const read = (value: string): SessionRecord | undefined => {
  const [, subject, end, body] = /^([^\n]*)\n(\d+)\n(.*)$/s.exec(value) ?? []
  if (subject === undefined || end === undefined || body === undefined) return undefined
  try {
    return { subject: z.string().parse(JSON.parse(`"${subject}"`)), body, expiresAtMs: Number(end) }
  } catch {
    return undefined
  }
}

/** Takes a session out of the list of whom it belonged to. */
const UNLIST = `
local function unlist(value, prefix, member)
  local subject = value and string.match(value, '^([^\\n]*)\\n')
  if subject then redis.call('ZREM', prefix .. subject, member) end
end
`

const SET = `${UNLIST}
local value, life, member, ends, forget, listLife, largest = unpack(ARGV, 1, 7)
unlist(redis.call('GET', KEYS[1]), ARGV[9], member)
redis.call('SET', KEYS[1], value, 'PX', life)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. forget)
redis.call('ZADD', KEYS[2], ends, member)
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(largest)
if excess > 0 then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess)) do
    if excess > 0 and other ~= member then
      redis.call('DEL', ARGV[8] .. other)
      redis.call('ZREM', KEYS[2], other)
      excess = excess - 1
    end
  end
end
if redis.call('PTTL', KEYS[2]) < tonumber(listLife) then redis.call('PEXPIRE', KEYS[2], listLife) end
return 1
`

const DESTROY = `${UNLIST}
unlist(redis.call('GET', KEYS[1]), ARGV[1], ARGV[2])
return redis.call('DEL', KEYS[1])
`

/** A key that has passed to somebody else since is left alone. */
const DESTROY_ALL = `
local ended = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local value = redis.call('GET', ARGV[1] .. member)
  if value and string.match(value, '^([^\\n]*)\\n') == ARGV[2] then
    ended = ended + redis.call('DEL', ARGV[1] .. member)
  end
end
redis.call('DEL', KEYS[1])
return ended
`
