import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { eventLog } from '#projections/event-log/projection.ts'
import { checkpointName, generationOf, type Projection } from '#projections/projection.ts'
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
  /** Lives in which it had come to the end of the log, and some of its indexes were not there yet. */
  readonly killedIndexing: number
  readonly events: number
  readonly documents: number
  /** Each was killed until it came to its end, and had the hash of an undisturbed fold then. */
  readonly rebuilds: number
  readonly seconds: number
}

/** A start takes about this long before the first event is read. */
const STARTING_MS = 500
const LONGEST_REBUILD_MS = 120_000

/**
 * Kills `projections rebuild` without warning, again and again, at random points of its way, and goes on with the same
 * command; when a copy is whole all the same, it is dropped and the next one begun, until there were as many kills. What
 * comes out must each time be what an undisturbed fold gives.
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
    // A copy too, so that it takes as long as those that are killed.
    const fresh = generationOf(eventLog, 2)
    const began = performance.now()
    const folded = { clock: systemClock, signal: AbortSignal.timeout(600_000), portion: 1_024 }
    await build({
      ...folded,
      store,
      readStore: undisturbed,
      projection: fresh,
      isDone: (_, { caughtUp }) => caughtUp,
    })
    const wholeMs = performance.now() - began
    const end = (await undisturbed.checkpoint(checkpointName(fresh))) ?? 0
    const expected = await collectionHash(undisturbed, fresh.collection.name)
    /** Goes on with the command until it says that the copy is whole, killing it at most so often meanwhile. */
    const rebuildKilled = async (copy: Projection, most: number) => {
      let underWay = 0
      let killedIndexing = 0
      let reached = -1
      for (let times = 0; times <= most; times += 1) {
        const command = projectionsCommand(directory, node.url, 'rebuild', eventLog.name)
        const afterMs = times < most ? STARTING_MS + Math.random() * wholeMs : LONGEST_REBUILD_MS
        const isOver = await Promise.race([
          command.ended.then(() => true),
          new Promise<false>((resolve) => setTimeout(() => resolve(false), afterMs)),
        ])
        command.kill()
        const { code, output } = await command.ended
        assert(!isOver || code === 0, `the rebuild failed: ${output}`)
        if (isOver) return { times, underWay, killedIndexing }
        const name = checkpointName(copy)
        const position = (await readStore.checkpoint(name)) ?? -1
        const { made, of } = await readStore.indexed(copy.collection)
        if (position >= end && made < of) killedIndexing += 1
        if (position > reached) underWay += 1
        reached = position
      }
      throw new Error('the rebuild did not end')
    }
    let done = 0
    let killedUnderWay = 0
    let killedWhileIndexing = 0
    let rebuilds = 0
    let documents = 0
    while (done < kills) {
      assert(rebuilds < kills, 'the rebuilds end before they can be killed')
      const copy = generationOf(eventLog, 2 + rebuilds)
      const { times, underWay, killedIndexing } = await rebuildKilled(copy, kills - done)
      done += times
      killedUnderWay += underWay
      killedWhileIndexing += killedIndexing
      rebuilds += 1
      const made = await collectionHash(readStore, copy.collection.name)
      assert(
        made.hash === expected.hash,
        `after ${done} kills the hash is ${made.hash} instead of ${expected.hash}`,
      )
      const { made: indexes, of } = await readStore.indexed(copy.collection)
      assert(indexes === of, `after ${done} kills ${indexes} of ${of} indexes are there`)
      documents = made.documents
      const dropped = await projectionsCommand(directory, node.url, 'drop', eventLog.name).ended
      assert(dropped.code === 0, `the copy could not be dropped: ${dropped.output}`)
    }
    return {
      kills: done,
      killedUnderWay,
      killedIndexing: killedWhileIndexing,
      events: eventsInLog,
      documents,
      rebuilds,
      seconds: Math.round((performance.now() - begin) / 1_000),
    }
  } finally {
    await readStore.close()
    await undisturbed.close()
    await store.close()
    await node.stopAndRemove()
  }
}
