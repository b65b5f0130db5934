import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parkedIdOf } from '#api/parked/parked-id.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { PARKED_KEYS } from '#projections/parked-keys.ts'
import { PARKED_REPLAYS } from '#projections/parked-replays.ts'
import { printParked, printReplay } from './printing.ts'

it('lists what is parked, and asks for a replay once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'kessai-parked-'))
  const node = await startNode({ file: join(dataDir, 'log.db'), port: 0 })
  const store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
  const readStore = openSqliteReadStore(join(dataDir, 'read-models.db'))
  onTestFinished(async () => {
    await readStore.close()
    await store.close()
    await node.stop()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })
  const environment = { KESSAI_DATA: dataDir, EVENTSTORE_URL: node.connectionString }
  const lines: string[] = []
  const print = (line: string): void => {
    lines.push(line)
  }
  const said = async (work: Promise<0 | 1>): Promise<readonly unknown[]> => [await work, ...lines.splice(0)]
  await readStore.prepare([PARKED_KEYS, PARKED_REPLAYS])
  expect(await said(printParked(false, environment, print))).toStrictEqual([0, 'Nothing is parked'])

  const commands = commandRunner({ store, clock: systemClock, random: () => 0 })
  await commands.run(
    parking,
    'mailing',
    { type: 'ParkWork', key: 'k', work: { kind: 'deadline', name: 'send' }, error: 'no\u001b', atMs: 1 },
    { commandId: 'c', correlationId: 'k', causationId: 'c', actor: 'process:mailing' },
  )
  const parked = {
    projection: 'order-summary@0',
    key: 'gone',
    position: 1,
    stream: 's',
    revision: 0,
    type: 'T',
    eventId: 'e',
    error: 'x',
  }
  await readStore.commit({
    writes: [{ kind: 'put', collection: PARKED_KEYS.name, id: 'old', position: 1, body: parked }],
  })
  const id = parkedIdOf({ name: 'mailing', key: 'k' })
  const [, line, ...rest] = await said(printParked(false, environment, print))
  expect(line).toBe(
    String.raw`1970-01-01T00:00:00.001Z  mailing                 k  alarm send  1 waiting  "no\u001b"  ${id}`,
  )
  expect(rest).toStrictEqual([])
  const [, json] = await said(printParked(true, environment, print))
  expect(JSON.parse(String(json))).toMatchObject({ id, kind: 'process', name: 'mailing' })

  expect(await said(printReplay(id, environment, print))).toMatchObject([
    0,
    expect.stringMatching(/^Asked for:/),
  ])
  expect(await said(printReplay(id, environment, print))).toMatchObject([
    0,
    'Asked for already, and not done yet',
  ])
  expect(await said(printReplay('nothing', environment, print))).toMatchObject([
    1,
    expect.stringContaining('Nothing is parked under this id'),
  ])
  expect(await store.last('parked-mailing')).toMatchObject({
    type: 'ReplayRequested',
    metadata: { actor: 'system:command' },
  })
}, 60_000)
