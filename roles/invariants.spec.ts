import { globSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode, type EmbeddedNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { retell, shopLog } from '#projections/invariants/testing.ts'
import { CATEGORIES, runInvariants } from './invariants.ts'

const [order] = [
  { quantity: 1, renews: false, orphansFirst: false, end: 'paid', moneyComesLate: false },
] as const
const log = shopLog([order], 5, [0])

describe('`node main.ts invariants`', () => {
  const run = async (count: number, options: { settled?: boolean; json?: boolean } = {}) => {
    const store = memoryLog(systemClock)
    await retell(log.slice(0, count), store)
    const printed: string[] = []
    let closed = 0
    const exitCode = await runInvariants({
      settled: options.settled === true,
      json: options.json === true,
      environment: {},
      open: async () => ({
        store,
        close: async () => {
          closed += 1
        },
      }),
      print: (line) => printed.push(line),
    })
    expect(closed).toBe(1)
    return { exitCode, printed }
  }

  it('ends with 0 when nothing is wrong, also while work is under way', async () => {
    expect(await run(log.length, { settled: true })).toMatchObject({ exitCode: 0 })
    const { exitCode, printed } = await run(8)
    expect(exitCode).toBe(0)
    expect(printed.at(-1)).toBe('invariants: 8 events, 1 orders, 0 violations')
  })

  it('ends with 1 when something is', async () => {
    const { exitCode, printed } = await run(8, { settled: true })
    expect(exitCode).toBe(1)
    expect(printed.at(-1)).toMatch(/^invariants: 8 events, 1 orders, [1-9]\d* violations$/)
  })

  it('prints one line of JSON for machines', async () => {
    const { printed } = await run(log.length, { json: true, settled: true })
    expect(printed).toHaveLength(1)
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      settled: true,
      events: log.length,
      orders: 1,
      violations: 0,
      findings: [],
    })
  })

  it('ends with 2 when there is no log to read', async () => {
    const environment = { KESSAI_DATA: '/nowhere/at/all' }
    expect(await runInvariants({ settled: false, json: false, environment, print: () => {} })).toBe(2)
  })

  it('knows every category of streams there is', () => {
    const named = globSync(['domain/*/aggregate.ts', 'processmanagers/**/*.ts'], {
      exclude: ['**/*.spec.ts', '**/*-bench.ts'],
    }).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bcategory: '(\w+)'/g)].map(([, category]) => category),
    )
    expect(new Set(CATEGORIES)).toStrictEqual(new Set(named))
  })
})

describe('`node main.ts invariants` beside a real store', () => {
  let node: EmbeddedNode
  beforeEach(async () => {
    node = await startNode({ file: ':memory:', port: 0 })
  })
  afterEach(() => node.stop())

  it('reads what is there and ends', async () => {
    const environment = { EVENTSTORE_URL: node.connectionString }
    const printed: string[] = []
    const check = () =>
      runInvariants({ settled: true, json: false, environment, print: (line) => printed.push(line) })
    expect(await check()).toBe(0)
    expect(printed.at(-1)).toBe('invariants: 0 events, 0 orders, 0 violations')

    const store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
    await retell(log, store)
    await store.close()
    expect(await check()).toBe(0)
    expect(printed.at(-1)).toBe(`invariants: ${log.length} events, 1 orders, 0 violations`)
  })
})
