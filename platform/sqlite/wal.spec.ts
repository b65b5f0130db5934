import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enterWal } from './wal.ts'

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-wal-'))
  file = join(directory, 'some.db')
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const HELD_FOR_MS = 150

describe('switching to WAL', () => {
  it('waits for another process that is in the way, although its own connection would not', async () => {
    const rival = new Worker(
      `const { DatabaseSync } = require('node:sqlite'); const { parentPort, workerData } = require('node:worker_threads')
       const database = new DatabaseSync(workerData.file)
       database.exec('CREATE TABLE t (x); BEGIN EXCLUSIVE')
       parentPort.postMessage('held')
       setTimeout(() => { database.exec('COMMIT'); database.close() }, workerData.heldForMs)`,
      { eval: true, workerData: { file, heldForMs: HELD_FOR_MS } },
    )
    await new Promise((resolve) => rival.once('message', resolve))
    const database = new DatabaseSync(file, { timeout: 0 })
    enterWal(database, 60_000)
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    database.close()
    await rival.terminate()
  })

  it('gives up after its patience, with SQLite’s own words', () => {
    const rival = new DatabaseSync(file)
    rival.exec('CREATE TABLE t (x); BEGIN EXCLUSIVE')
    const database = new DatabaseSync(file, { timeout: 0 })
    expect(() => {
      enterWal(database, 30)
    }).toThrow('database is locked')
    database.close()
    rival.close()
  })
})
