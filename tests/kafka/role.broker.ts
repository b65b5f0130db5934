import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectedOf, firstSeen, lifeOf, messagesIn } from '#relay/testing.ts'
import { newBroker, type Broker } from './broker.ts'
import { consumerOf, relayWorld, topicsFor } from './world.ts'

const PATIENT = { timeout: 90_000, interval: 20 }
const LIVES = 300
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => nth)

let broker: Broker
let dataDir: string
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kessai-relay-'))
  broker = await newBroker()
  await broker.start()
})
afterAll(async () => {
  await broker.stop()
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

it('`node main.ts relay`, killed again and again without warning, leaves nothing out and no order broken', async () => {
  const topics = topicsFor('role')
  await using world = await relayWorld(broker.address, topics)
  const running: ChildProcess[] = []
  let printed = ''
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', 'main.ts', 'relay'], {
      env: {
        ...process.env,
        EVENTSTORE_URL: world.eventStoreUrl,
        KESSAI_DATA: dataDir,
        MONGODB_URL: '',
        KAFKA_BROKERS: broker.address,
        KAFKA_TOPIC_ORDERS: topics.orders,
        KAFKA_TOPIC_PAYMENTS: topics.payments,
        KAFKA_TOPIC_ALERTS: topics.alerts,
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000)
      })
    return child
  }
  const end = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  try {
    let child = start()
    await expect.poll(() => printed, PATIENT).toContain('Kafka: topics made')
    const { consumed, stop } = await consumerOf(broker.address, 'role', topics)
    const known = () => new Set(consumed.map(({ id }) => id)).size
    const writing = (async () => {
      for (const nth of numbers(LIVES)) await world.write(lifeOf(nth))
    })()
    for (const kills of [1, 2]) {
      await expect.poll(known, PATIENT).toBeGreaterThan(kills * 300)
      await end(child, 'SIGKILL')
      child = start()
    }
    await writing
    const total = numbers(LIVES).reduce((sum, nth) => sum + messagesIn(nth), 0)
    await expect.poll(known, PATIENT).toBe(total)
    await end(child, 'SIGTERM')
    expect(child.exitCode, printed).toBe(0)
    await stop()
    expect(firstSeen(consumed)).toEqual(expectedOf(numbers(LIVES), topics))
    expect(printed).not.toContain('TimeoutNegativeWarning')
  } finally {
    await Promise.all(running.map((child) => end(child, 'SIGKILL')))
  }
})
