import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { apiBench, until, type ApiBench, type Browser } from '../../testing.ts'
import { multipartOf } from './multipart.ts'

describe('what staff do that no other event tells of', () => {
  let bench: ApiBench
  let admin: Browser
  let isLogAway = false
  const done: string[] = []
  let commandsRun = 0
  beforeAll(async () => {
    bench = await apiBench({
      replace: ({ commands, projectionCopies }) => ({
        commands: {
          ...commands,
          run: (...given) => {
            commandsRun += 1
            return isLogAway ? Promise.reject(new EventStoreUnavailable('away')) : commands.run(...given)
          },
        },
        projectionCopies: {
          ...projectionCopies,
          rebuild: (name, by) => {
            done.push(name)
            return projectionCopies.rebuild(name, by)
          },
        },
      }),
    })
    admin = await bench.signIn('admin@example.com', ['admin'])
  })
  afterAll(() => bench.close())

  interface Row {
    stream: string
    actor: string
    data?: { kind: string; subject: string }
  }
  const deeds = async (): Promise<Row[]> =>
    (await admin.get('/api/audit/events?type=StaffDeedBegun&withData=true')).json<{ items: Row[] }>().items
  const found = (kind: string) =>
    until(`${kind} is told`, async () => (await deeds()).find(({ data }) => data?.kind === kind))

  it('is found by auditors, with who it was and what it was done to', async () => {
    expect((await admin.post('/api/ops/projections/alerts/rebuild')).statusCode).toBe(200)
    const told = await found('READ_MODEL_REBUILD')
    expect(told).toMatchObject({ actor: `staff:${admin.customerId}`, data: { subject: 'alerts' } })
    const stream = await admin.get(`/api/audit/streams/${told.stream}`)
    expect(stream.json()).toMatchObject({ state: { status: 'begun' } })
    const mine = await admin.get(`/api/audit/events?actor=staff:${admin.customerId}`)
    expect(mine.body).toContain(told.stream)
  })

  it('is told of an upload by its file, whose own name may name a person', async () => {
    const picture = await sharp({ create: { width: 600, height: 600, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const form = multipartOf(picture, 'hanako-yamada.png')
    const reply = await admin.send({ method: 'POST', url: '/api/ops/images', ...form })
    expect(reply.statusCode).toBe(201)
    const told = await found('PICTURE_UPLOAD')
    expect(reply.json<{ imageUrl: string }>().imageUrl).toContain(told.data?.subject)
    expect(JSON.stringify(await deeds())).not.toContain('hanako')
  })

  it('is told of an export, which is not part of itself', async () => {
    const exported = await admin.get('/api/audit/export?format=jsonl&type=StaffDeedBegun&withData=true')
    expect(exported.body).not.toContain('AUDIT_EXPORT')
    expect(await found('AUDIT_EXPORT')).toMatchObject({ data: { subject: 'jsonl' } })
  })

  it('is not done where it cannot be put on record', async () => {
    isLogAway = true
    try {
      const before = done.length
      expect((await admin.post('/api/ops/projections/products/rebuild')).statusCode).toBe(503)
      expect((await admin.get('/api/audit/export?format=csv')).statusCode).toBe(503)
      expect(done).toHaveLength(before)
    } finally {
      isLogAway = false
    }
    expect((await admin.get('/api/audit/export?format=csv')).statusCode).toBe(200)
  })

  it('is not put on record where there is nothing of that name', async () => {
    const before = commandsRun
    expect((await admin.post('/api/ops/projections/hanako-yamada/rebuild')).statusCode).toBe(404)
    expect(commandsRun).toBe(before)
  })
})
