import { describe, expect, it } from 'vitest'
import { acknowledged, AT_MS, healed } from '#domain/alert/samples.ts'
import { OrderId } from '#domain/ids.ts'
import { emptyReadStore } from '../empty-read-store.ts'
import { documentsAfter, logOf, positionOf, type Entry } from '../given.ts'
import { ALERTS } from './collection.ts'
import { alerts } from './projection.ts'
import { alertQueries, type AlertFilter } from './queries.ts'
import { after, alertIdOf, raisedAs } from './samples.ts'

const OTHER_ORDER = OrderId.parse('0b9a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f11')

const asked = async (entries: readonly Entry[]) => {
  const readStore = emptyReadStore()
  await readStore.prepare([ALERTS])
  await readStore.commit({
    writes: [...documentsAfter(alerts, logOf(entries)).values()].map(({ id, position, body }) => ({
      kind: 'put',
      collection: ALERTS.name,
      id,
      position,
      body,
    })),
  })
  return alertQueries(readStore)
}

/** Raised in this order: 0 and 3 are P1, 1 and 2 are P2, 4 is a P1 that healed, 5 a P2 that was acknowledged. */
const SEVERAL: readonly Entry[] = [
  raisedAs(0, { detectedAtMs: AT_MS }),
  raisedAs(1, { rule: 'A', severity: 'P2', detectedAtMs: AT_MS + 1_000 }),
  raisedAs(2, { rule: 'B', severity: 'P2', detectedAtMs: AT_MS + 2_000, orderId: OTHER_ORDER }),
  raisedAs(3, { rule: 'C-late', detectedAtMs: AT_MS + 3_000, orderId: OTHER_ORDER }),
  raisedAs(4, { detectedAtMs: AT_MS + 4_000 }),
  raisedAs(5, { rule: 'A', severity: 'P2', detectedAtMs: AT_MS + 5_000 }),
  after(4, healed),
  after(5, acknowledged()),
]

describe('the alerts', () => {
  const BY_URGENCY = [3, 0, 5, 2, 1, 4]

  it('are listed by urgency, in pages that neither leave out nor repeat', async () => {
    const queries = await asked(SEVERAL)
    for (const limit of [1, 2, 5, 6, 100]) {
      const seen: string[] = []
      let from: number | undefined
      for (let pages = 0; pages < 10; pages += 1) {
        const { items, next } = await queries.page({}, { after: from, limit })
        expect(items.length).toBeLessThanOrEqual(limit)
        seen.push(...items.map(({ alertId }) => alertId))
        from = next
        if (next === undefined) break
      }
      expect(seen, `${limit} at once`).toStrictEqual(BY_URGENCY.map(alertIdOf))
    }
  })

  it.each<[string, AlertFilter, readonly number[]]>([
    ['a rule', { rule: 'A' }, [5, 1]],
    ['a severity', { severity: 'P1' }, [3, 0, 4]],
    ['a status', { status: 'RESOLVED' }, [4]],
    ['whatever is open', { status: 'OPEN' }, [3, 0, 5, 2, 1]],
    ['an order', { orderId: OTHER_ORDER }, [3, 2]],
    ['a time, both ends included', { fromMs: AT_MS + 1_000, toMs: AT_MS + 3_000 }, [3, 2, 1]],
    ['a beginning alone', { fromMs: AT_MS + 5_000 }, [5]],
    [
      'all of it at once',
      { rule: 'B', severity: 'P2', status: 'NEW', orderId: OTHER_ORDER, toMs: AT_MS + 2_000 },
      [2],
    ],
    ['what there is none of', { rule: 'refund-stuck' }, []],
  ])('are found by %s', async (_, filter, expected) => {
    const { items, next } = await (await asked(SEVERAL)).page(filter, { limit: 100 })
    expect(items.map(({ alertId }) => alertId)).toStrictEqual(expected.map(alertIdOf))
    expect(next).toBeUndefined()
  })

  it('are counted by rule, severity and status', async () => {
    const counts = await (await asked(SEVERAL)).counts()
    expect(counts).toStrictEqual([
      { rule: 'A', severity: 'P2', status: 'NEW', count: 1 },
      { rule: 'A', severity: 'P2', status: 'ACKNOWLEDGED', count: 1 },
      { rule: 'B', severity: 'P2', status: 'NEW', count: 1 },
      { rule: 'C-double', severity: 'P1', status: 'NEW', count: 1 },
      { rule: 'C-double', severity: 'P1', status: 'RESOLVED', count: 1 },
      { rule: 'C-late', severity: 'P1', status: 'NEW', count: 1 },
    ])
  })

  it('say where they last changed', async () => {
    expect(await (await asked([])).changedPosition()).toBeUndefined()
    expect(await (await asked(SEVERAL)).changedPosition()).toBe(positionOf(SEVERAL.length - 1))
  })
})
