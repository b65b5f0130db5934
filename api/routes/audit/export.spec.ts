import { get, type IncomingMessage } from 'node:http'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { OrderId } from '#domain/ids.ts'
import type { Query } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { EVENT_LOG } from '#projections/event-log/collection.ts'
import { until } from '../../testing.ts'
import { AuditEvent } from './event-rows.ts'
import { STALLED_AFTER_MS } from './export.ts'
import { auditDesk, type AuditDesk } from './testing.ts'

const MANY = 10_000
/** The first position of the rows that are written by hand, beyond all real ones. */
const BY_HAND = 1_000_000_000
/** A row of four kilobytes: ten thousand are several times what sockets keep to themselves. */
const LONG = 'x'.repeat(4_000)
const FORMULA = '=HYPERLINK("http://evil.example","click")'

let desk: AuditDesk
let orderId: OrderId
let portions = 0
/** The ten thousand lie in SQLite whatever engine the desk has: a stand-in may search all of a collection for each page. */
const many = openSqliteReadStore(':memory:')
const stalled = new Set<() => void>()
beforeAll(async () => {
  desk = await auditDesk({
    replace: ({ readStore, clock }) => ({
      clock: {
        ...clock,
        timer: (durationMs, callback) => {
          if (durationMs !== STALLED_AFTER_MS) return clock.timer(durationMs, callback)
          stalled.add(callback)
          return () => stalled.delete(callback)
        },
      },
      readStore: {
        ...readStore,
        find: <D extends object>(collection: string, query: Query) => {
          if (collection === EVENT_LOG.name) portions += 1
          return (query.where?.['correlationId'] === 'many' ? many : readStore).find<D>(collection, query)
        },
      },
    }),
  })
  orderId = await desk.place()
  await desk.pay(orderId)
  const { readStore } = desk.bench.deps
  const rows = (from: number, count: number, correlationId: string, actor: string, stream: string) =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'put' as const,
      collection: EVENT_LOG.name,
      id: `${correlationId}-${index}`,
      position: 1,
      body: {
        position: from + index,
        stream,
        revision: index,
        type: 'OrderPlaced',
        correlationId,
        causationId: 'cause',
        actor,
        atMs: 1_795_200_000_000,
      },
    }))
  await many.prepare([EVENT_LOG])
  await many.commit({ writes: rows(BY_HAND, MANY, 'many', 'process:checkout', `order-${LONG}`) })
  await readStore.commit({
    writes: [
      ...rows(BY_HAND + MANY, 1, 'formula', FORMULA, '+SUM(1)-1'),
      ...rows(BY_HAND + MANY + 1, 1, 'quotes', 'a "quoted", comma', 'order-a\nb'),
    ],
  })
})
afterAll(async () => {
  await desk.bench.close()
  await many.close()
})

const exported = (query: string) => desk.auditor.get(`/api/audit/export?${query}`)

const Cells = z.array(z.record(z.string(), z.string()))
/** As a spreadsheet's reader sees it, by the names in its head. */
const cells = (text: string) => Cells.parse(parse(text, { columns: true }))

/**
 * The reply as it begins; nothing of its body is taken before somebody reads it. On a connection of its own: the system
 * keeps more ahead for one that has been read from fast.
 */
const opened = (query: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(
      `${desk.bench.url}/api/audit/export?${query}`,
      { headers: { cookie: `sid=${desk.auditor.sid}` }, agent: false },
      resolve,
    ).on('error', reject)
  })

const Ending = z.object({ by: z.string(), events: z.int(), isWhole: z.boolean() })
/** What is on record of how exports ended, oldest first. */
const endings = () =>
  desk.bench
    .logs()
    .split('\n')
    .filter((line) => line.includes('An export of the audit log ended'))
    .map((line) => Ending.parse(JSON.parse(line)))

/** Once no portion was read for a while. */
const atRest = (): Promise<number> => {
  let before = -1
  let quiet = 0
  return until('nothing more is read', () => {
    quiet = portions === before ? quiet + 1 : 0
    before = portions
    return quiet > 20 && portions
  })
}

describe('an export', () => {
  it('as JSON lines says what the event log says', async () => {
    const reply = await exported(`format=jsonl&orderId=${orderId}&withData=true`)
    expect(reply.headers).toMatchObject({
      'content-type': 'application/jsonl; charset=utf-8',
      'content-disposition': 'attachment; filename="kessai-events.jsonl"',
      'cache-control': 'no-store',
    })
    const lines = reply.body.trimEnd().split('\n')
    const { items } = (await desk.auditor.get(`/api/audit/events?orderId=${orderId}&withData=true`)).json<{
      items: readonly AuditEvent[]
    }>()
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items)
    expect(items.map(({ type }) => type)).toEqual(['OrderPlaced', 'OrderPaid'])
    expect(reply.body).not.toMatch(/山田|hanako@|ciphertext/)
  })

  it('as CSV has a head and the same rows, with data only where it is asked for', async () => {
    const reply = await exported(`format=csv&orderId=${orderId}`)
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    const rows = cells(reply.body)
    expect(rows).toMatchObject([
      { type: 'OrderPlaced', revision: '0', correlationId: orderId },
      { type: 'OrderPaid', revision: '1', actor: 'process:checkout' },
    ])
    expect(Object.keys(rows[0] ?? {})).not.toContain('data')
    const told = await exported(`format=csv&orderId=${orderId}&withData=true`)
    const [first] = cells(told.body)
    expect(JSON.parse(first?.['data'] ?? '')).toMatchObject({ customerId: desk.hanako.customerId })
  })

  it('begins with a mark for Excel only where it is asked for', async () => {
    const bytes = async (query: string) => [...(await exported(query)).rawPayload.subarray(0, 3)]
    expect(await bytes(`format=csv&bom=true&orderId=${orderId}`)).toEqual([0xef, 0xbb, 0xbf])
    expect(await bytes(`format=csv&orderId=${orderId}`)).toEqual([...Buffer.from('at,')])
  })

  it('has no cell that a spreadsheet would take for a formula, and quotes what must be quoted', async () => {
    const read = async (id: string) => cells((await exported(`format=csv&orderId=${id}`)).body)
    expect(await read('formula')).toMatchObject([{ actor: `'${FORMULA}`, stream: "'+SUM(1)-1" }])
    expect(await read('quotes')).toMatchObject([{ actor: 'a "quoted", comma', stream: 'order-a\nb' }])
  })

  it('is not made only to be thrown away', async () => {
    const reply = await desk.auditor.send({ method: 'HEAD', url: '/api/audit/export?format=csv' })
    expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'GET'])
  })

  it('of nothing is a head, or nothing', async () => {
    expect((await exported('format=csv&orderId=nobody')).body).toMatch(/^at,[^\n]+\n$/)
    expect((await exported('format=jsonl&orderId=nobody')).body).toBe('')
  })

  it.each(['format=xlsx', '', 'format=csv&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'])(
    'is refused before it begins: %s',
    async (query) => {
      const reply = await exported(query)
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'invalid-query'])
    },
  )
})

describe('an export of ten thousand events', () => {
  const ALL = `format=jsonl&orderId=many`
  const PORTIONS = MANY / 200

  it('holds each of them once', async () => {
    const ids = new Set<string>()
    let rest = ''
    for await (const chunk of (await opened(ALL)).setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) ids.add(AuditEvent.parse(JSON.parse(line)).eventId)
    }
    expect([ids.size, rest]).toEqual([MANY, ''])
    await until('its end is on record', () => endings().at(-1)?.isWhole)
    expect(endings().at(-1)).toMatchObject({ events: MANY, by: `staff:${desk.auditor.customerId}` })
  })

  it('is read no further ahead than its client takes it, so that memory does not grow with it', async () => {
    portions = 0
    const reply = await opened(ALL)
    expect(await atRest()).toBeLessThan(PORTIONS / 2)
    reply.resume()
    await until('it goes on', () => portions > PORTIONS)
    await until('it ends', () => reply.complete)
  })

  it('ends when its client goes away', async () => {
    portions = 0
    const ended = endings().length
    const reply = await opened(ALL)
    await atRest()
    reply.on('error', () => {})
    reply.destroy()
    const before = await atRest()
    expect(before).toBeLessThan(PORTIONS / 2 + 1)
    await until('its end is on record', () => endings().length === ended + 1)
    expect(endings().at(-1)?.isWhole).toBe(false)
    expect((await exported(`format=csv&orderId=${orderId}`)).statusCode).toBe(200)
  })

  it('breaks off when the read store fails on the way, and is not taken for whole', async () => {
    const { readStore } = desk.bench.deps
    const { find } = readStore
    const reply = await opened(ALL)
    await atRest()
    let isCut = false
    reply.on('error', () => {
      isCut = true
    })
    Object.assign(readStore, { find: () => Promise.reject(new Error('The disk is gone')) })
    try {
      reply.resume()
      await until('the connection is cut', () => isCut)
      expect(reply.complete).toBe(false)
    } finally {
      Object.assign(readStore, { find })
    }
  })
})

describe('exports at once', () => {
  const ALL = 'format=jsonl&orderId=many'
  const SMALL = () => exported(`format=jsonl&orderId=${orderId}`)
  const isCut = (reply: IncomingMessage) => until('the connection is cut', () => reply.destroyed)

  const failing = async (work: () => Promise<void>): Promise<void> => {
    const { readStore } = desk.bench.deps
    const { find } = readStore
    Object.assign(readStore, { find: () => Promise.reject(new Error('The disk is gone')) })
    try {
      await work()
    } finally {
      Object.assign(readStore, { find })
    }
  }
  const begun = async (): Promise<IncomingMessage> => {
    const reply = await opened(ALL)
    expect(reply.statusCode).toBe(200)
    reply.on('error', () => {})
    await atRest()
    return reply
  }

  it('are two, and one more is told when to ask again', async () => {
    const [first, second] = [await begun(), await begun()]
    const refused = await SMALL()
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '30'])
    expect(refused.json()).toMatchObject({ code: 'exports-busy', title: 'Too many exports at once' })
    first.destroy()
    await until('its slot is free', async () => (await SMALL()).statusCode === 200)
    second.destroy()
    await until('both are over', () => stalled.size === 0)
  })

  it.each<[string, () => Promise<void>]>([
    [
      'it ended',
      async () => {
        const reply = await begun()
        reply.resume()
        await until('it ends', () => reply.complete)
      },
    ],
    ['its client went away', async () => void (await begun()).destroy()],
    [
      'it failed on the way',
      async () => {
        const reply = await begun()
        await failing(async () => {
          reply.resume()
          await isCut(reply)
        })
        expect(reply.complete).toBe(false)
      },
    ],
    [
      'it failed before it began',
      () =>
        failing(async () => {
          expect((await SMALL()).statusCode).toBe(500)
        }),
    ],
    [
      'nothing was taken of it for five minutes',
      async () => {
        const reply = await begun()
        const timers = [...stalled]
        expect(timers).toHaveLength(1)
        for (const fire of timers) fire()
        reply.resume()
        await isCut(reply)
        expect(reply.complete).toBe(false)
      },
    ],
  ])('leave room for others once %s', async (_, end) => {
    // As many as there are slots: without one that is given back nothing is left.
    for (let nth = 0; nth < 2; nth += 1) {
      await end()
      await until('no export waits for its client', () => stalled.size === 0)
    }
    expect(await until('there is room', async () => (await SMALL()).statusCode === 200)).toBe(true)
  })
})
