import type { MemoryLog } from '#platform/eventstore/memory-log.ts'
import {
  EventStoreUnavailable,
  type Batch,
  type EventStore,
  type RecordedEvent,
  type SubscribeOptions,
} from '#platform/eventstore/port.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Host } from './host.ts'
import type { Saw } from './sights.ts'

export interface SimulatedLogOptions {
  readonly log: MemoryLog
  readonly host: Host
  readonly faults: () => FaultPlan['log']
  readonly slowestMs: number
  /** Called whenever the log may have grown, before anybody is told. */
  readonly grown: () => void
  readonly saw: Saw
}

const APPEND_TRIES = 3
/** Less than a catch-up witness allows for an event to be on its way, twice over. */
const SLOWEST_CONSUMER_MS = 4_000

/** The log as one host sees it: over a network that loses requests, answers and connections. */
export const simulatedLog = (options: SimulatedLogOptions): EventStore => {
  const { log, host, faults, slowestMs, grown, saw } = options
  const { random } = host
  const latencyMs = (): number => random.between(0, random.chance(0.1) ? slowestMs : 5)

  const append: EventStore['append'] = async (stream, events, expected) => {
    for (let attempt = 1; attempt <= APPEND_TRIES; attempt += 1) {
      const { requestLost, answerLost } = faults()
      const isRequestLost = random.chance(requestLost)
      const isAnswerLost = random.chance(answerLost)
      const result = await host.call(latencyMs(), latencyMs(), async () => {
        if (isRequestLost) {
          saw('log: append lost')
          return undefined
        }
        try {
          const result = await log.append(stream, events, expected)
          if (result.kind === 'conflict') saw('log: revision conflict')
          else if (isAnswerLost) saw('log: append written, and the answer lost')
          return result
        } catch {
          return undefined
        } finally {
          grown()
        }
      })
      if (result !== undefined && !isAnswerLost) return result
      await host.pause(random.between(0, 2_000))
    }
    throw new EventStoreUnavailable(`No answer for an append to ${stream}`)
  }

  const collected = (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> =>
    host.call(latencyMs(), latencyMs(), () => Array.fromAsync(events))

  async function* read(stream: string, from?: number, limit?: number): AsyncIterable<RecordedEvent> {
    const events = await collected(log.read(stream, from, limit))
    // A connection may break in the middle of an answer.
    const keeps = random.chance(faults().readFails) ? random.between(0, events.length) : Infinity
    for (const [index, event] of events.entries()) {
      if (index >= keeps) break
      yield event
    }
    if (keeps === Infinity) return
    saw('log: read broken off')
    throw new EventStoreUnavailable(`Reading ${stream} broke off`)
  }

  async function* subscribe(options: SubscribeOptions): AsyncIterable<Batch> {
    const { name, signal, onStatus } = options
    let { after } = options
    for (let restarts = 0; !signal.aborted; restarts += 1) {
      const broken = new AbortController()
      const over = AbortSignal.any([signal, broken.signal])
      const { connectionLifeMs } = faults()
      const cancelBreak =
        connectionLifeMs === Infinity
          ? (): void => {}
          : host.clock.timer(random.between(0, 2 * connectionLifeMs), () => {
              saw('log: subscription dropped')
              broken.abort()
            })
      for await (const batch of log.subscribe({
        name,
        prefixes: options.prefixes,
        by: options.by ?? 'stream',
        after,
        signal: over,
        onStatus: (status) => {
          if (!status.connected && host.isAlive()) onStatus?.(status)
        },
      })) {
        const isSlow = random.chance(faults().slowConsumer)
        if (isSlow) saw('log: slow consumer')
        await host.pause(isSlow ? random.between(500, SLOWEST_CONSUMER_MS) : latencyMs())
        if (over.aborted) break
        onStatus?.({ name, connected: true, caughtUp: batch.caughtUp, restarts })
        yield batch
        after = batch.position ?? after
        if (over.aborted) break
      }
      cancelBreak()
      if (signal.aborted) return
      onStatus?.({ name, connected: false, caughtUp: false, restarts, trouble: 'dropped' })
      await host.clock.sleep(random.between(10, 3_000), signal)
    }
  }

  return {
    append,
    read,
    last: (stream) => host.call(latencyMs(), latencyMs(), () => log.last(stream)),
    subscribe,
    keepOnly: (stream, maxCount) => host.call(latencyMs(), latencyMs(), () => log.keepOnly(stream, maxCount)),
    close: () => Promise.resolve(),
  }
}
