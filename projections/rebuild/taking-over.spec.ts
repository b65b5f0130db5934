import { describe, expect, it } from 'vitest'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { ReadStore, WriteBatch } from '#platform/readstore/port.ts'
import { emptyReadStore, PATIENCE_MS } from '../empty-read-store.ts'
import { append, hostAs, startLog } from '../hosted.ts'
import { checkpointName, generationOf } from '../projection.ts'
import { LEASES } from './leases.ts'
import { rebuildOperations } from './operations.ts'
import { copiesOf, eventCount, processes, tradeOf } from './testing.ts'

const recording = (readStore: ReadStore) => {
  const commits: WriteBatch[] = []
  const recorded: ReadStore = {
    ...readStore,
    commit: (batch) => {
      commits.push(batch)
      return readStore.commit(batch)
    },
  }
  return { commits, recorded }
}

describe('a new holder', () => {
  it('first writes the checkpoints it goes on from, under its own fences', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const { named } = processes()
    const name = checkpointName(eventCount)
    const before = hostAs(named('first'), store, readStore, eventCount)
    await before.waitFor(await append(store, tradeOf(0, 10)), PATIENCE_MS)
    await before.stop()
    const position = await readStore.checkpoint(name)
    const { commits, recorded } = recording(readStore)
    const after = hostAs(named('second'), store, recorded, eventCount)
    expect(await after.waitFor(await append(store, tradeOf(10, 11)), PATIENCE_MS)).toBe(true)
    const lease = await readStore.get(LEASES.name, name)
    expect(commits[0]).toStrictEqual({
      writes: [],
      checkpoint: { name, position },
      fences: [{ collection: LEASES.name, id: name, position: lease?.position }],
    })
  })

  it('of a build that was begun does the same under the lease of the build', async () => {
    const store = await startLog(startNode)
    const readStore = emptyReadStore()
    const { named } = processes()
    const copy = checkpointName(generationOf(eventCount, 2))
    const operations = rebuildOperations({
      readStore,
      projections: [eventCount],
      clock: systemClock,
      holder: named('first'),
    })
    const position = await append(store, tradeOf(0, 10))
    await operations.rebuild(eventCount.name, 'host')
    await readStore.commit({ writes: [], checkpoint: { name: copy, position: 3 } })
    const { commits, recorded } = recording(readStore)
    const running = hostAs(named('first'), store, recorded, eventCount)
    expect(await running.waitFor(position, PATIENCE_MS)).toBe(true)
    await expect
      .poll(async () => (await copiesOf(readStore, eventCount)).building?.phase, { timeout: PATIENCE_MS })
      .toBe('live')
    const first = commits.find(({ checkpoint, checkpoints = [] }) =>
      [checkpoint, ...checkpoints].some((each) => each?.name === copy),
    )
    expect(first).toMatchObject({ writes: [], checkpoint: { name: copy, position: 3 } })
    expect(first?.fences?.map(({ id }) => id).toSorted()).toEqual([
      checkpointName(eventCount),
      `${copy}/build`,
    ])
  })
})
