import { z } from 'zod'
import type { RedisLink } from './port.ts'

/** Counts that all instances of a shop have in common. */
export interface SharedCounts {
  /**
   * Adds one to what is counted under a key since its first count, `windowMs` at most; it is then forgotten.
   * @throws RedisUnavailable
   */
  readonly add: (
    key: string,
    windowMs: number,
  ) => Promise<{ readonly count: number; readonly endsInMs: number }>
}

const Counted = z.tuple([z.number(), z.number()])

/** Under `rate:` in Redis. */
export const sharedCounts = ({ ask }: RedisLink): SharedCounts => ({
  add: async (key, windowMs) => {
    const [count, endsInMs] = Counted.parse(await ask((redis) => redis.eval(ADD, 1, `rate:${key}`, windowMs)))
    return { count, endsInMs }
  },
})

/** A count without an end, which a script that broke off could leave, gets one again. */
const ADD = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {count, left}
`
