import { randomUUID } from 'node:crypto'
import { constants } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import type { ExpectedRevision, ProposedEvent } from './facts.ts'
import { NO_EVENTS } from './facts.ts'
import type { Log } from './log.ts'
import { openLog } from './log.ts'
import type { WriteOutcome } from './writer.ts'

const event = (type = 'Happened', id: string = randomUUID()): ProposedEvent => ({
  id,
  type,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  customMetadata: new Uint8Array(),
})

const append = async (
  log: Log,
  stream: string,
  events: readonly ProposedEvent[],
  expected: ExpectedRevision = 'any',
  expiresAtMs = Number.POSITIVE_INFINITY,
): Promise<WriteOutcome> =>
  new Promise((settle) => {
    log.submit({ request: { kind: 'append', stream, expected, events }, expiresAtMs, settle })
  })

const typesOf = (log: Log, stream: string): readonly string[] => {
  const { streamId, lastRevision } = log.heads.headOf(stream)
  const range = { from: 0, to: lastRevision, direction: 'forwards' } as const
  return log.pages.ofStream(streamId, range, 1_000).rows.map((row) => row.type)
}

const written = (revision: number) => expect.objectContaining({ kind: 'written', revision })
const unavailable = expect.objectContaining({ kind: 'unavailable' })

describe('a commit that fails', () => {
  it('leaves nothing in memory that is not on disk', async () => {
    const db = await openDatabase(':memory:')
    const log = openLog(db)
    const heard: number[] = []
    log.onCommit((events) => heard.push(events.length))
    await append(log, 'old', [event('First')], 'no-stream')
    const head = log.headPosition()

    db.setAuthorizer((action, argument) =>
      action === constants.SQLITE_TRANSACTION && argument === 'COMMIT'
        ? constants.SQLITE_DENY
        : constants.SQLITE_OK,
    )
    const [lost, lostToo] = [event('Lost'), event('Lost too')]
    const outcomes = await Promise.all([
      append(log, 'old', [lostToo], 0),
      append(log, 'new', [lost], 'no-stream'),
      append(log, '$$old', [{ ...event('$metadata'), data: Buffer.from('{"$maxCount":1}') }]),
    ])
    db.setAuthorizer(null)

    expect(outcomes).toEqual([unavailable, unavailable, unavailable])
    expect(log.headPosition()).toBe(head)
    expect(log.tail.after(head, 10)).toEqual([])
    expect(log.heads.headOf('old').lastRevision).toBe(0)
    expect(log.heads.headOf('new')).toEqual({ streamId: 0, lastRevision: NO_EVENTS })
    expect(log.heads.retentionOf('old')).toEqual({})
    expect(heard).toEqual([1])

    // What failed can be done again, with the same ids, and is then done once. The new stream must get a row
    // of its own: a number remembered from the transaction that never was might by now be another stream's.
    expect(await append(log, 'third', [event('Third')], 'no-stream')).toEqual(written(0))
    expect(await append(log, 'old', [lostToo], 'any')).toEqual(written(1))
    expect(await append(log, 'new', [lost], 'any')).toEqual(written(0))
    expect([typesOf(log, 'old'), typesOf(log, 'new'), typesOf(log, 'third')]).toEqual([
      ['First', 'Lost too'],
      ['Lost'],
      ['Third'],
    ])
    expect(heard).toEqual([1, 1, 1, 1])
    expect(log.tail.after(head, 10).map(({ type }) => type)).toEqual(['Third', 'Lost too', 'Lost'])
    log.close()
  })

  it('is reported, and a full disk acknowledges nothing', async () => {
    const db = await openDatabase(':memory:', { maxPages: 30 })
    const faults: unknown[] = []
    const log = openLog(db, Date.now, (error) => faults.push(error))
    const big = (): ProposedEvent => ({ ...event(), data: new Uint8Array(9_000) })
    const outcomes: WriteOutcome[] = []
    for (let index = 0; index < 30; index += 1) outcomes.push(await append(log, 's', [big()]))
    const acknowledged = outcomes.filter(({ kind }) => kind === 'written').length
    expect(acknowledged).toBeGreaterThan(0)
    expect(acknowledged).toBeLessThan(30)
    expect(faults).toHaveLength(30 - acknowledged)
    expect(faults[0]).toMatchObject({ message: expect.stringMatching(/cannot be written: .*full/) })
    expect(typesOf(log, 's')).toHaveLength(acknowledged)

    // With room again the same log goes on where the last acknowledged event is.
    db.exec('PRAGMA max_page_count = 1000')
    expect(await append(log, 's', [big()], acknowledged - 1)).toEqual(written(acknowledged))
    expect(typesOf(log, 's')).toHaveLength(acknowledged + 1)
    log.close()
  })
})

describe('a deadline', () => {
  it('that passes between arrival and commit is honoured', async () => {
    const log = openLog(await openDatabase(':memory:'))
    const soonMs = Date.now() + 20
    const late = append(log, 's', [event('Late')], 'any', soonMs)
    const early = append(log, 's', [event('Early')], 'any', soonMs + 60_000)
    // Nothing else runs meanwhile: the append has arrived in time, and the commit comes too late.
    while (Date.now() <= soonMs) continue
    expect(await late).toEqual({ kind: 'too-late' })
    expect(await early).toEqual(written(0))
    expect(typesOf(log, 's')).toEqual(['Early'])
    log.close()
  })
})

describe('closing', () => {
  it('commits what waits and refuses what comes later', async () => {
    const log = openLog(await openDatabase(':memory:'))
    const waiting = append(log, 's', [event()])
    log.close()
    expect(await waiting).toEqual(written(0))
    expect(await append(log, 's', [event()])).toEqual(unavailable)
  })
})

describe('positions', () => {
  it('go on growing after the log is opened again', async () => {
    const db = await openDatabase(':memory:')
    const first = openLog(db)
    await append(first, 's', [event(), event()])
    const second = openLog(db)
    expect(second.headPosition()).toBe(first.headPosition())
    await append(second, 's', [event()])
    expect(second.headPosition()).toBeGreaterThan(first.headPosition())
    expect(typesOf(second, 's')).toHaveLength(3)
    expect(second.tail.covers(first.headPosition())).toBe(true)
    expect(second.tail.covers(first.headPosition() - 1)).toBe(false)
    second.close()
  })

  it('remember lately written ids across a restart', async () => {
    const db = await openDatabase(':memory:')
    const repeated = event()
    await append(openLog(db), 's', [repeated])
    const second = openLog(db)
    expect(await append(second, 's', [repeated], 'any')).toEqual(written(0))
    expect(typesOf(second, 's')).toHaveLength(1)
    second.close()
  })
})
