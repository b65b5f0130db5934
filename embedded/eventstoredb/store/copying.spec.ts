import { pbkdf2, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { inspectLog } from './inspection.ts'
import type { Log } from './log.ts'
import { openLog } from './log.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-copying-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const append = async (log: Log, bytes: number): Promise<string> =>
  new Promise((resolve) => {
    const event = {
      id: randomUUID(),
      type: 'Happened',
      contentType: 'application/octet-stream',
      data: new Uint8Array(bytes),
      customMetadata: new Uint8Array(),
    }
    log.submit({
      request: { kind: 'append', stream: 's', expected: 'any', events: [event] },
      expiresAtMs: Number.POSITIVE_INFINITY,
      settle: ({ kind }) => resolve(kind),
    })
  })

const never = new AbortController().signal

describe('a copy of the log', () => {
  it('begins although its first step is late and a commit wants to go first', async () => {
    let pauseMs = 0
    const clock = (): number => {
      const endMs = Date.now() + pauseMs
      while (Date.now() < endMs) continue
      return Date.now()
    }
    const log = openLog(await openDatabase(join(folder, 'log.db')), clock)
    await append(log, 100)
    // The threads that would make the first step are busy for a while, and a transaction is open when they are not.
    const busy = Array.from({ length: 8 }, async () =>
      promisify(pbkdf2)('password', 'salt', 100_000, 64, 'sha512'),
    )
    pauseMs = 500
    const copied = log.copyTo(join(folder, 'copy.db'), never)
    const appended = append(log, 100)
    await copied
    pauseMs = 0
    expect(await appended).toBe('written')
    await Promise.all(busy)
    expect(inspectLog(join(folder, 'copy.db')).events).toBeGreaterThanOrEqual(1)
    log.close()
  })

  it.each([{ file: ':memory:' }, { file: 'log.db' }])(
    'of $file comes to its end while commits never cease',
    async ({ file }) => {
      const log = openLog(await openDatabase(file === ':memory:' ? file : join(folder, file)))
      for (let index = 0; index < 6; index += 1) await append(log, 1_000_000)
      const progress = { isDone: false }
      const copied = log.copyTo(join(folder, 'copy.db'), never).finally(() => {
        progress.isDone = true
      })
      const giveUpAtMs = Date.now() + 5_000
      while (!progress.isDone && Date.now() < giveUpAtMs) await append(log, 10)
      expect(progress.isDone).toBe(true)
      await copied
      expect(inspectLog(join(folder, 'copy.db')).events).toBeGreaterThanOrEqual(6)
      log.close()
    },
  )

  it('ends early with the reason of its signal', async () => {
    const log = openLog(await openDatabase(join(folder, 'log.db')))
    for (let index = 0; index < 6; index += 1) await append(log, 1_000_000)
    const ending = new AbortController()
    const copied = log.copyTo(join(folder, 'copy.db'), ending.signal)
    ending.abort(new Error('not wanted'))
    await expect(copied).rejects.toThrow('not wanted')
    expect(await append(log, 10)).toBe('written')
    log.close()
  })
})
