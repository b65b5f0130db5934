import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KafkaMessage } from '#platform/kafka/port.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { relayBench } from './relay-bench.ts'
import {
  expectedOf,
  firstSeen,
  lifeOf,
  memoryKafka,
  messagesIn,
  orderIdOf,
  parkedAlertOf,
  TOPIC_NAMES,
  type Fate,
} from './testing.ts'

const seen = (kept: readonly KafkaMessage[]) =>
  firstSeen(kept.map(({ topic, key, headers }) => ({ topic, key, id: headers['ce_id'] ?? '' })))
const idsOf = (kept: readonly KafkaMessage[]) => kept.map(({ headers }) => headers['ce_id'])
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => nth)

describe('the relay', () => {
  it('sends each message once, in order per key, and then has a checkpoint at the end of the log', async () => {
    await using bench = await relayBench()
    const { kafka, kept } = memoryKafka()
    for (const nth of numbers(30)) await bench.write(lifeOf(nth))
    const { relay } = bench.start(kafka)
    await bench.clock.advance(2_000)
    expect(seen(kept)).toEqual(expectedOf(numbers(30)))
    expect(kept).toHaveLength(numbers(30).reduce((sum, nth) => sum + messagesIn(nth), 0))
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
    expect(relay.status()).toMatchObject({
      state: 'active',
      kafka: { isReached: true },
      process: { caughtUp: true, parkedKeys: 0 },
      oldestOpenMs: undefined,
    })

    await bench.write(lifeOf(30))
    await bench.clock.advance(1_000)
    expect(seen(kept)).toEqual(expectedOf(numbers(31)))
  })

  it('keeps alerts of one order in order, also those of different cases', async () => {
    await using bench = await relayBench()
    const { kafka, kept } = memoryKafka()
    const life = lifeOf(10)
    await bench.write(life.slice(0, -1))
    const first = bench.start(kafka)
    await bench.clock.advance(1_000)
    await first.stop()
    // The next relay must read up on the alert that is over, and knows all there is to know of the one that is raised.
    bench.start(kafka)
    await bench.write([...life.slice(-1), ...parkedAlertOf(10)])
    await bench.clock.advance(2_000)
    const sequences = kept
      .filter(({ topic, key }) => topic === TOPIC_NAMES.alerts && key === orderIdOf(10))
      .map(({ headers }) => headers['ce_sequence'] ?? '')
    expect(sequences).toHaveLength(4)
    expect(sequences).toStrictEqual(sequences.toSorted())
  })

  it('puts what waits into one request, and never has two under way', async () => {
    await using bench = await relayBench()
    const { kafka, kept, requests } = memoryKafka()
    for (const nth of numbers(200)) await bench.write(lifeOf(nth))
    bench.start(kafka)
    await bench.clock.advance(2_000)
    expect(seen(kept)).toEqual(expectedOf(numbers(200)))
    expect(Math.max(...requests)).toBeGreaterThan(1)
  })

  it('moves its checkpoint only over what Kafka has acknowledged', async () => {
    await using bench = await relayBench()
    let fate: Fate = 'works'
    const { kafka, kept } = memoryKafka(() => fate)
    bench.start(kafka)
    await bench.write(lifeOf(1))
    await bench.clock.advance(1_000)
    const acknowledged = await bench.checkpoint()
    expect(acknowledged).toBe(bench.log.events.at(-1)?.position)
    fate = 'answer-lost'
    await bench.write(lifeOf(2))
    await bench.clock.advance(60_000)
    expect(kept.length).toBeGreaterThan(messagesIn(1))
    expect(await bench.checkpoint()).toBe(acknowledged)
    fate = 'works'
    await bench.clock.advance(15_000)
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
    expect(seen(kept)).toEqual(expectedOf([1, 2]))
  })

  it('reads the log no further while Kafka is away, says since when, and then sends everything in order', async () => {
    await using bench = await relayBench()
    let fate: Fate = 'fails'
    const { kafka, kept } = memoryKafka(() => fate)
    const { relay } = bench.start(kafka)
    const awaySinceMs = bench.clock.nowMs()
    for (const nth of numbers(900)) await bench.write(lifeOf(nth))
    await bench.clock.advance(3_600_000)
    const status = relay.status()
    expect(status).toMatchObject({
      state: 'active',
      kafka: { isReached: false, failing: { sinceMs: awaySinceMs, reason: 'nobody there' } },
      process: { parkedKeys: 0 },
    })
    expect(status.state === 'active' ? status.process.queued : 0).toBeLessThanOrEqual(2_000)
    expect(bench.log.events.length).toBeGreaterThan(4_000)
    expect(bench.logs.filter(({ level }) => level === 'error')).toHaveLength(1)
    expect(await bench.checkpoint()).toBeUndefined()

    fate = 'works'
    await bench.clock.advance(15_000)
    expect(seen(kept)).toEqual(expectedOf(numbers(900)))
    expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
    expect(bench.logs.at(-1)?.message).toBe('Kafka is reached again')
  })

  it('notices that Kafka is away before there is anything to send', async () => {
    await using bench = await relayBench()
    let fate: Fate = 'works'
    const { kafka } = memoryKafka(() => fate)
    const { relay } = bench.start(kafka)
    await bench.clock.advance(1_000)
    expect(relay.status()).toMatchObject({ state: 'active', kafka: { isReached: true } })
    fate = 'fails'
    await bench.clock.advance(11_000)
    expect(relay.status()).toHaveProperty('kafka.failing.reason', 'nobody there')
  })

  it('puts an order aside whose event cannot be read and tells somebody, while all else flows', async () => {
    await using bench = await relayBench()
    const { kafka, kept } = memoryKafka()
    const { relay } = bench.start(kafka)
    const [first, ...rest] = lifeOf(1)
    if (first === undefined) throw new Error('A life has a beginning')
    await bench.write([{ ...first, schemaVersion: 99 }, ...rest])
    await bench.write(lifeOf(2))
    await bench.clock.advance(5_000)
    const healthy = expectedOf([2])
    const payments = [...expectedOf([1])].filter(([key]) => key.startsWith('payments'))
    expect(seen(kept)).toEqual(new Map([...healthy, ...payments]))
    expect(relay.status()).toMatchObject({ process: { parkedKeys: 1 } })
    expect(bench.logs.find(({ level }) => level === 'error')).toMatchObject({
      message: 'A key is parked',
      detail: { key: `orders/${orderIdOf(1)}`, type: 'OrderPlaced' },
    })
    const commands = commandRunner({ store: bench.log, clock: bench.clock, random: () => 0 })
    expect([...(await commands.state(parking, 'relay')).keys.keys()]).toEqual([`orders/${orderIdOf(1)}`])
  })

  it('leaves the work to one relay, and to the next one at once when that stops', async () => {
    await using bench = await relayBench()
    const { kafka, kept } = memoryKafka()
    const first = bench.start(kafka)
    const second = bench.start(kafka)
    await bench.write(lifeOf(1))
    await bench.clock.advance(3_000)
    const states = [first, second].map(({ relay }) => relay.status().state)
    expect(states.toSorted()).toEqual(['active', 'standby'])
    const [active, other] = states[0] === 'active' ? [first, second] : [second, first]
    await active.stop()
    await bench.clock.advance(2_000)
    expect(other.relay.status().state).toBe('active')
    await bench.write(lifeOf(2))
    await bench.clock.advance(1_000)
    expect(seen(kept)).toEqual(expectedOf([1, 2]))
    expect(new Set(idsOf(kept)).size).toBe(kept.length)
  })

  it('leaves office when another took it for gone, and the order of keys holds while both send', async () => {
    await using bench = await relayBench()
    const sent = memoryKafka()
    // Each has a connection of its own to the one Kafka.
    const connection = () => {
      const own = memoryKafka()
      return {
        ...own.kafka,
        send: async (messages: readonly KafkaMessage[]) => {
          await own.kafka.send(messages)
          sent.kept.push(...messages)
        },
      }
    }
    const first = bench.start(connection())
    await bench.write(lifeOf(1))
    await bench.clock.advance(1_500)
    bench.takeForGone(first)
    const second = bench.start(connection())
    await bench.clock.advance(10)
    const states = () => [first, second].map(({ relay }) => relay.status().state)
    expect(states()).toEqual(['active', 'active'])
    for (const nth of [2, 3, 4]) await bench.write(lifeOf(nth))
    await bench.clock.advance(2_000)
    expect(states()).toEqual(['standby', 'active'])
    expect(seen(sent.kept)).toEqual(expectedOf([1, 2, 3, 4]))
    expect(sent.kept.length).toBeGreaterThan([1, 2, 3, 4].reduce((sum, nth) => sum + messagesIn(nth), 0))
  })

  it('says that it cannot tell whose turn it is while the read store is away, and goes on when it is back', async () => {
    await using bench = await relayBench()
    const { kafka, kept } = memoryKafka()
    bench.setReadStoreAway(true)
    const { relay } = bench.start(kafka)
    await bench.write(lifeOf(1))
    await bench.clock.advance(60_000)
    expect(relay.status()).toMatchObject({ state: 'standby', trouble: expect.stringContaining('away') })
    expect(bench.logs).toHaveLength(1)
    bench.setReadStoreAway(false)
    await bench.clock.advance(3_000)
    expect(seen(kept)).toEqual(expectedOf([1]))
  })

  it('loses nothing and keeps the order of keys, wherever requests fail and relays are killed', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('works', 'works', 'fails', 'answer-lost'), { maxLength: 30 })
    const killsAfterMs = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 4 })
    const writes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fates, killsAfterMs, writes, async (planned, kills, portions) => {
        await using bench = await relayBench()
        const left = [...planned]
        const { kafka, kept } = memoryKafka(() => left.shift() ?? 'works')
        let life = bench.start(kafka)
        let written = 0
        const steps = Math.max(kills.length, portions.length)
        for (let step = 0; step < steps; step += 1) {
          for (let n = portions[step] ?? 0; n > 0; n -= 1) await bench.write(lifeOf((written += 1)))
          const killAfterMs = kills[step]
          if (killAfterMs === undefined) continue
          await bench.clock.advance(killAfterMs)
          life.kill()
          life = bench.start(kafka)
        }
        await bench.clock.advance(120_000)
        const lives = numbers(written).map((nth) => nth + 1)
        expect(seen(kept)).toEqual(expectedOf(lives))
        expect(await bench.checkpoint()).toBe(bench.log.events.at(-1)?.position)
      }),
      { numRuns: 40 },
    )
  })
})
