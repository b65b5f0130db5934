import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock, type Clock } from '#platform/clock/clock.ts'
import { leapingClock } from '#platform/clock/leaping-clock.ts'
import { ReadStoreUnavailable } from '#platform/readstore/port.ts'
import { MONGODB_SERVERS } from '#platform/readstore/testing.ts'
import { startFaultProxy } from '../tests/contract/eventstore/fault-proxy.ts'
import { reachReadStore } from './reach-read-store.ts'

const PATIENCE_MS = 3_600_000
const collections = [{ name: 'teas@1', indexes: [['kind']] }]

const startedWith = (
  config: { readonly MONGODB_URL?: string },
  { reachTimeoutMs = 100, clock = systemClock }: { reachTimeoutMs?: number; clock?: Clock } = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-reach-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const warnings: unknown[] = []
  const reached = reachReadStore({
    config: { KESSAI_DATA: folder, MONGODB_URL: config.MONGODB_URL },
    clock,
    logger: { warn: (facts: unknown) => void warnings.push(facts) },
    collections,
    patienceMs: PATIENCE_MS,
    reachTimeoutMs,
  })
  return { reached, warnings, folder }
}

describe('the read store of a shop that starts', () => {
  it('is a file in its data directory unless another engine is named', async () => {
    const { reached } = startedWith({})
    const readStore = await reached
    expect(await readStore.find('teas@1', {})).toEqual({ items: [], total: 0 })
    await readStore.close()
  })

  it('is waited for, and not for ever', async () => {
    const clock = leapingClock()
    const { reached, warnings } = startedWith(
      { MONGODB_URL: 'mongodb://tea:oolong@127.0.0.1:9/teas' },
      { clock },
    )
    reached.catch(() => {})
    await expect.poll(() => warnings.length).toBeGreaterThan(0)
    clock.leap(PATIENCE_MS)
    await expect(reached).rejects.toBeInstanceOf(ReadStoreUnavailable)
    expect(warnings).toContainEqual({ error: expect.stringContaining('127.0.0.1:9') })
    expect(JSON.stringify(warnings)).not.toContain('oolong')
  })

  it.each(MONGODB_SERVERS)('is found when it comes later', async (server) => {
    const proxy = await startFaultProxy(Number(new URL(server).port))
    await proxy.refuse(true)
    const MONGODB_URL = `mongodb://127.0.0.1:${proxy.port}/kessai-spec-reach?directConnection=true`
    const { reached, warnings } = startedWith({ MONGODB_URL }, { reachTimeoutMs: 3_000 })
    await expect.poll(() => warnings.length, { timeout: 60_000 }).toBeGreaterThan(0)
    await proxy.refuse(false)
    const readStore = await reached
    expect(await readStore.checkpoint('teas@1')).toBeUndefined()
    await readStore.close()
    await proxy.close()
  })
})
