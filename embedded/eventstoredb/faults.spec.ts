import { EventStoreDBClient } from '@eventstore/db-client'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startNode } from './node.ts'
import { collect, numbered, openNode, refusalOf } from './testing/openNode.ts'

const large = () =>
  numbered(1).map((event) => ({ ...event, data: { ...event.data, text: 'x'.repeat(20_000) } }))

describe.each([
  { protocol: 'BatchAppend', options: {} },
  { protocol: 'Append', options: { credentials: { username: 'a', password: 'b' } } },
])('a full disk, by $protocol', ({ options }) => {
  it('makes appends unavailable and keeps exactly what was acknowledged', async () => {
    const reports: string[] = []
    await using opened = await openNode({ maxPages: 60, report: (message) => reports.push(message) })
    const { client } = opened
    let acknowledged = 0
    let refusal = 'none'
    while (refusal === 'none' && acknowledged < 100) {
      refusal = await refusalOf(client.appendToStream('s', large(), options))
      if (refusal === 'none') acknowledged += 1
    }
    expect(refusal).toBe('unavailable')
    expect(acknowledged).toBeGreaterThan(0)
    expect(reports).toEqual([expect.stringContaining('full')])

    const after = EventStoreDBClient.connectionString(opened.node.connectionString)
    expect(await collect(after.readStream('s'))).toHaveLength(acknowledged)
    await after.dispose()
  })
})

describe('a node that cannot start', () => {
  it('says that the port stays taken, and lets go of the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kessai-start-'))
    const file = join(folder, 'log.db')
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(startNode({ file, port, patienceMs: 150 })).rejects.toThrow(
      /cannot listen on 127\.0\.0\.1:\d+/,
    )
    blocker.close()
    const node = await startNode({ file, patienceMs: 0 })
    await expect(startNode({ file, patienceMs: 100 })).rejects.toThrow(/log\.db is in use by another node/)
    await node.stop()
    await node.stop()
    rmSync(folder, { recursive: true })
  })
})

describe('a call whose time is up', () => {
  it('fails at its own end and harms nobody else', async () => {
    await using opened = await openNode()
    const { client } = opened
    const credentials = { username: 'a', password: 'b' }
    const hasty = Array.from({ length: 50 }, async () =>
      refusalOf(client.appendToStream('s', numbered(20), { deadline: 1, credentials })),
    )
    const outcomes = await Promise.all(hasty)
    expect(outcomes.every((outcome) => outcome === 'none' || outcome === 'deadline-exceeded')).toBe(true)
    await client.appendToStream('s', numbered(1), { credentials })
    expect((await collect(client.readStream('s'))).length % 20).toBe(1)
  })
})
