import { describe, expect, it } from 'vitest'
import { numbered, openNode } from '#embedded/eventstoredb/testing/openNode.ts'
import { createLedger } from './ledger.ts'

describe('the ledger of acknowledged events', () => {
  it('finds what was acknowledged, each time only what came since the last', async () => {
    await using opened = await openNode()
    const ledger = createLedger(opened.client)
    for (const [nth, count] of [3, 2].entries()) {
      const events = numbered(count)
      await opened.client.appendToStream('s-1', events)
      ledger.acknowledged(
        's-1',
        nth * 3,
        events.map(({ id }) => id),
      )
      expect(await ledger.verify()).toBe(count)
    }
    expect(await ledger.verify()).toBe(0)
  })

  it('misses an acknowledged event that is not there', async () => {
    await using opened = await openNode()
    const [kept, lost] = numbered(2)
    if (kept === undefined || lost === undefined) throw new Error('two events were asked for')
    await opened.client.appendToStream('s-1', kept)
    const ledger = createLedger(opened.client)
    ledger.acknowledged('s-1', 0, [kept.id, lost.id])
    await expect(ledger.verify()).rejects.toThrow('1 of 2 acknowledged events are not in the log')
  })

  it('objects to an event that nobody was told of', async () => {
    await using opened = await openNode()
    await opened.client.appendToStream('s-1', numbered(1))
    await expect(createLedger(opened.client).verify()).rejects.toThrow('nobody was told of')
  })

  it.each([
    { where: 'at another revision', stream: 's-1', revision: 1 },
    { where: 'in another stream', stream: 's-2', revision: 0 },
  ])('objects to an event $where than was acknowledged', async ({ stream, revision }) => {
    await using opened = await openNode()
    const [event] = numbered(1)
    if (event === undefined) throw new Error('an event was asked for')
    await opened.client.appendToStream('s-1', event)
    const ledger = createLedger(opened.client)
    ledger.acknowledged(stream, revision, [event.id])
    await expect(ledger.verify()).rejects.toThrow(`is 0@s-1, not ${revision}@${stream}`)
  })
})
