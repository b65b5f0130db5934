import { Redis } from 'ioredis'
import { RedisUnavailable, type RedisLink } from './port.ts'

export interface RedisLinkOptions {
  /** `redis://` or `rediss://`, with user, password and number of the database where they are needed. */
  readonly url: string
  /** How long one question may stay without an answer. */
  readonly answerWithinMs?: number
  /** Called when Redis stops answering, with the reason, and with undefined when it answers again. */
  readonly onChange?: (trouble: string | undefined) => void
  /** Called for each question that was not answered. */
  readonly onFailure?: () => void
}

/** A request asks up to five times, one after the other, and is itself to be answered within two seconds. */
const ANSWER_WITHIN_MS = 350
const CONNECT_WITHIN_MS = 1_000
/** What greets a new connection is answered within this, or the connection is given up. */
const GREET_WITHIN_MS = 1_000
const SHORTEST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000
const DISCONNECT_WITHIN_MS = 100

/**
 * Answers of a server that is not the one to ask, or not yet: a replica (also one that was the primary a moment ago), one
 * that loads its data, one that wants credentials. Behind the address there may be another server by now.
 */
const ELSEWHERE = /\b(?:READONLY|LOADING|MASTERDOWN|NOAUTH|NOREPLICAS|CLUSTERDOWN)\b/

/**
 * Connects at once and for ever: after a failure again and again, with pauses that grow to a second. A connection that
 * leaves a question unanswered is replaced, because an answer that comes late is of no use to anybody.
 */
export const connectRedis = ({
  url,
  answerWithinMs = ANSWER_WITHIN_MS,
  onChange,
  onFailure,
}: RedisLinkOptions): RedisLink => {
  const redis = new Redis({
    ...addressOf(url),
    connectionName: 'kessai',
    disableClientInfo: true,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: GREET_WITHIN_MS,
    disconnectTimeout: DISCONNECT_WITHIN_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => pauseMs(times) * (0.5 + Math.random() / 2),
    reconnectOnError: ({ message }) => ELSEWHERE.test(message),
  })
  let trouble: string | undefined = 'not connected yet'
  let isClosed = false
  const note = (now: string | undefined): void => {
    if (trouble === now || isClosed) return
    const before = trouble
    trouble = now
    // One outage has many reasons one after the other; the first is told.
    if (before === undefined || now === undefined || before === FIRST) onChange?.(now)
  }
  redis.on('ready', () => {
    note(undefined)
  })
  redis.on('error', (error: Error) => {
    note(reasonOf(error))
  })
  redis.on('close', () => {
    note(trouble ?? 'the connection was closed')
  })

  const ask: RedisLink['ask'] = async (question) => {
    try {
      if (isClosed || redis.status !== 'ready') throw new RedisUnavailable(trouble ?? 'not connected')
      const { stream } = redis
      return await within(answerWithinMs, question(redis), () => {
        note('it does not answer')
        stream.destroy()
      })
    } catch (error) {
      onFailure?.()
      if (error instanceof RedisUnavailable) throw error
      if (error instanceof Error && ELSEWHERE.test(error.message)) note(reasonOf(error))
      throw new RedisUnavailable('Redis could not be asked', { cause: error })
    }
  }

  return {
    ask,
    trouble: () => trouble,
    close: async () => {
      isClosed = true
      redis.disconnect()
    },
  }
}

const FIRST = 'not connected yet'

const pauseMs = (times: number): number =>
  Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** Math.min(times - 1, 10))

/** By parts and not by the client's own reading, which takes options from the query. */
const addressOf = (url: string) => {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const database = Number(pathname.slice(1))
  return {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    db: database,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

/** The first word of a refusal, or the system's code: messages themselves may hold addresses. */
const reasonOf = (error: Error & { readonly code?: unknown }): string => {
  const { message, code } = error
  if (typeof code === 'string') return code
  const refusal = /^(?:-)?([A-Z]{3,})\b/.exec(message)?.[1] ?? ELSEWHERE.exec(message)?.[0]
  return refusal ?? (message === 'Command timed out' ? 'it does not answer' : 'the connection failed')
}

/** @throws RedisUnavailable when the answer is not there in time; `giveUp` is then called first. */
const within = async <T>(durationMs: number, answer: Promise<T>, giveUp: () => void): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // After a busy moment of our own, timers come before what the network has brought meanwhile.
      setImmediate(() => {
        if (timer === undefined) return
        reject(new RedisUnavailable(`No answer within ${durationMs} ms`))
        giveUp()
      })
    }, durationMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    timer = undefined
  }
}
