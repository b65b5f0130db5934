import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { orderSummary } from '#projections/order-summary/projection.ts'
import { checkpointName, generationOf } from '#projections/projection.ts'
import { build } from '#projections/rebuild/build.ts'
import { collectionHash } from '#projections/rebuild/hash.ts'
import { assert } from '../measure.ts'
import { startStore } from '../store-process.ts'
import { projectionsCommand } from './rebuilding-process.ts'
import { storeTrade } from './stored-trade.ts'

export interface Killed {
  readonly kills: number
  /** Of these, lives that had committed something before they were killed. */
  readonly killedUnderWay: number
  readonly events: number
  readonly documents: number
  readonly isSame: boolean
  readonly seconds: number
}

/** A start takes about this long before the first event is read. */
const STARTING_MS = 500

/**
 * Kills `projections rebuild` without warning, again and again, at random points of its way, and goes on with the same
 * command. What comes out must be what an undisturbed fold gives.
 */
export const killed = async ({ events, kills }: { events: number; kills: number }): Promise<Killed> => {
  const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-'))
  const eventsInLog = await storeTrade(directory, events)
  const node = await startStore(directory)
  const store = connectEventStore({ connectionString: node.url, clock: systemClock })
  const readStore = openSqliteReadStore(join(directory, 'read-models.db'))
  const undisturbed = openSqliteReadStore(':memory:')
  const begin = performance.now()
  try {
    const began = performance.now()
    const folded = { clock: systemClock, signal: AbortSignal.timeout(600_000), portion: 1_024 }
    await build({
      ...folded,
      store,
      readStore: undisturbed,
      projection: orderSummary,
      isDone: (_, { caughtUp }) => caughtUp,
    })
    const wholeMs = performance.now() - began
    const expected = await collectionHash(undisturbed, orderSummary.collection.name)
    const copy = generationOf(orderSummary, 2)
    let done = 0
    let killedUnderWay = 0
    let reached = -1
    for (; done < kills; done += 1) {
      const command = projectionsCommand(directory, node.url, 'rebuild', 'order-summary')
      // Spread so that all of them together do not reach the end before the last one.
      const afterMs = STARTING_MS + Math.random() * Math.min(wholeMs, (2 * wholeMs) / kills + 100)
      const isOver = await Promise.race([
        command.ended.then(() => true),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), afterMs)),
      ])
      command.kill()
      const { code, output } = await command.ended
      assert(!isOver || code === 0, `the rebuild failed: ${output}`)
      if (isOver) break
      const position = (await readStore.checkpoint(checkpointName(copy))) ?? -1
      if (position > reached) killedUnderWay += 1
      reached = position
    }
    const last = await projectionsCommand(directory, node.url, 'rebuild', 'order-summary').ended
    assert(last.code === 0, `the rebuild failed: ${last.output}`)
    const made = await collectionHash(readStore, copy.collection.name)
    assert(
      made.hash === expected.hash,
      `after ${done} kills the hash is ${made.hash} instead of ${expected.hash}`,
    )
    return {
      kills: done,
      killedUnderWay,
      events: eventsInLog,
      documents: made.documents,
      isSame: made.hash === expected.hash,
      seconds: Math.round((performance.now() - begin) / 1_000),
    }
  } finally {
    await readStore.close()
    await undisturbed.close()
    await store.close()
    await node.stopAndRemove()
  }
}
