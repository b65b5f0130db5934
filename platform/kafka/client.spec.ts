import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { logLevel, type Admin } from 'kafkajs'
import { systemClock } from '../clock/clock.ts'
import { createLogger } from '../telemetry/logger.ts'
import { connectKafka } from './client.ts'
import { kafkaLog } from './logging.ts'
import { KafkaUnreachable } from './port.ts'
import { isForbidden, isTooLarge } from './refusals.ts'
import { makeMissingTopics } from './topics.ts'

const lines = () => {
  const said: unknown[] = []
  const write = (line: string): void => {
    said.push(JSON.parse(line))
  }
  return { said, logger: createLogger('debug', { write }) }
}
const refusedAs = (type: string): Error => Object.assign(new Error(`refused: ${type}`), { type })

describe('the client', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.close()
  })

  it('says that Kafka is unreachable, again and again, where somebody listens who hangs up', async () => {
    let calls = 0
    server = createServer((socket) => {
      calls += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { logger, said } = lines()
    const kafka = connectKafka({
      brokers: [`127.0.0.1:${port}`],
      ssl: false,
      sasl: { mechanism: 'scram-sha-256', username: 'kessai', password: 'the-password' },
      topics: ['t'],
      layout: { partitions: 1 },
      clock: systemClock,
      logger,
    })
    await expect(kafka.reach()).rejects.toThrow(KafkaUnreachable)
    const before = calls
    await expect(kafka.send([{ topic: 't', key: 'k', headers: {}, value: '{}' }])).rejects.toThrow(
      KafkaUnreachable,
    )
    expect(calls).toBeGreaterThan(before)
    await kafka.close()
    expect(said.length).toBeGreaterThan(0)
    expect(JSON.stringify(said)).not.toContain('the-password')
  })
})

describe('the client’s own lines', () => {
  it('come with the broker and the reason, and with nothing else', () => {
    const { said, logger } = lines()
    const entry = (level: logLevel, message: string) => ({
      namespace: 'Connection',
      level,
      label: '',
      log: { timestamp: '', message, broker: 'b:1', error: 'gone', payload: 'of a message' },
    })
    const write = kafkaLog(logger)()
    write(entry(logLevel.ERROR, 'Connection error'))
    write(entry(logLevel.INFO, 'Connected'))
    write(entry(logLevel.WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees'))
    const detail = { time: expect.any(String), kafka: 'Connection', broker: 'b:1', reason: 'gone' }
    expect(said).toEqual([
      { level: 'warn', ...detail, msg: 'Kafka: Connection error' },
      { level: 'debug', ...detail, msg: 'Kafka: Connected' },
    ])
  })
})

describe('topics', () => {
  type Wanted = Parameters<Admin['createTopics']>[0]
  const admin = (known: readonly string[], answer: () => boolean = () => true) => {
    const wanted: Wanted[] = []
    return {
      wanted,
      listTopics: async () => [...known],
      createTopics: async (options: Wanted) => {
        wanted.push(options)
        return answer()
      },
    }
  }
  const refusing = (error: Error) => () => {
    throw error
  }

  it('are made where they are missing, and left as they are where they are not', async () => {
    const { logger } = lines()
    const some = admin(['a'])
    await makeMissingTopics(some, ['a', 'b'], { partitions: 6, replication: 3 }, logger)
    expect(some.wanted).toEqual([
      { waitForLeaders: true, topics: [{ topic: 'b', numPartitions: 6, replicationFactor: 3 }] },
    ])
    const all = admin(['a', 'b'])
    await makeMissingTopics(all, ['a', 'b'], { partitions: 6 }, logger)
    expect(all.wanted).toEqual([])
  })

  it('may be somebody else’s to make; any other refusal is one', async () => {
    const { said, logger } = lines()
    const forbidden = admin([], refusing(refusedAs('TOPIC_AUTHORIZATION_FAILED')))
    await makeMissingTopics(forbidden, ['a'], { partitions: 6 }, logger)
    expect(said).toMatchObject([{ level: 'warn', topics: ['a'] }])
    const tooMany = admin([], refusing(refusedAs('INVALID_REPLICATION_FACTOR')))
    await expect(makeMissingTopics(tooMany, ['a'], { partitions: 6 }, logger)).rejects.toThrow('INVALID')
  })
})

it('a refusal is one of rights also where the client wraps it', () => {
  const refused = refusedAs('CLUSTER_AUTHORIZATION_FAILED')
  expect(isForbidden(refused)).toBe(true)
  expect(isForbidden(new Error('gave up', { cause: refused }))).toBe(true)
  expect(isForbidden(Object.assign(new Error('several'), { errors: [new Error('one'), refused] }))).toBe(true)
  expect(isForbidden(refusedAs('REQUEST_TIMED_OUT'))).toBe(false)
  expect(isForbidden('CLUSTER_AUTHORIZATION_FAILED')).toBe(false)
})

it('a request that is too large is known also where the client wraps it', () => {
  expect(isTooLarge(refusedAs('MESSAGE_TOO_LARGE'))).toBe(true)
  expect(isTooLarge(new Error('gave up', { cause: refusedAs('RECORD_LIST_TOO_LARGE') }))).toBe(true)
  expect(isTooLarge(refusedAs('TOPIC_AUTHORIZATION_FAILED'))).toBe(false)
})
