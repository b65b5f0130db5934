import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { Kafka } from '#platform/kafka/port.ts'
import { ReadStoreUnavailable, type ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { RELAY_COLLECTIONS, startRelay, type Relay } from './relay.ts'
import { SOURCE, TOPIC_NAMES, writerTo } from './testing.ts'

/** Relays on a log in memory, with a Kafka that fails on command and a clock that moves on command. */
export const relayBench = async () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const sqlite = openSqliteReadStore(':memory:')
  await sqlite.prepare(RELAY_COLLECTIONS)
  const logs: { readonly message: string; readonly detail: object; readonly level: string }[] = []
  const lives: Life[] = []
  const gone = new Set<string>()
  let isReadStoreAway = false
  const away = async (): Promise<never> => {
    throw new ReadStoreUnavailable('The read store is away')
  }

  interface Life {
    readonly relay: Relay
    readonly id: string
    readonly stop: () => Promise<void>
    /** From now on nothing of it reaches the read store or Kafka, as after `kill -9`. */
    readonly kill: () => void
  }

  const start = (kafka: Kafka): Life => {
    const stopping = new AbortController()
    const id = `life-${lives.length + 1}`
    let dead = false
    const dying = async (): Promise<never> => {
      throw new Error('The process is dead')
    }
    const readStore: ReadStore = {
      ...sqlite,
      get: (collection, id) => (isReadStoreAway ? away() : sqlite.get(collection, id)),
      commit: (batch) => (dead ? dying() : sqlite.commit(batch)),
      swap: (swap) => (dead ? dying() : sqlite.swap(swap)),
    }
    const relay = startRelay({
      store: log,
      readStore,
      commands: commandRunner({ store: log, clock, random: () => 0 }),
      clock,
      signal: stopping.signal,
      log: (message, detail, level = 'warn') => {
        logs.push({ message, detail, level })
      },
      holder: { id, isGone: (other) => gone.has(other) },
      random: () => 0,
      kafka: () => ({
        ...kafka,
        reach: () => (dead ? dying() : kafka.reach()),
        send: (messages) => (dead ? dying() : kafka.send(messages)),
      }),
      topics: TOPIC_NAMES,
      source: SOURCE,
    })
    const stop = async (): Promise<void> => {
      stopping.abort()
      await clock.advance(5_000)
      await relay.stopped
    }
    const life: Life = {
      relay,
      id,
      stop,
      kill: () => {
        dead = true
        gone.add(id)
        stopping.abort()
      },
    }
    lives.push(life)
    return life
  }

  return {
    clock,
    log,
    readStore: sqlite,
    write: writerTo(log),
    start,
    /** From now on the others hold it for dead, though it may live. */
    takeForGone: ({ id }: Life) => {
      gone.add(id)
    },
    setReadStoreAway: (isAway: boolean) => {
      isReadStoreAway = isAway
    },
    logs,
    checkpoint: () => sqlite.checkpoint('process:relay'),
    [Symbol.asyncDispose]: async () => {
      for (const life of lives) await life.stop()
      await sqlite.close()
    },
  }
}
