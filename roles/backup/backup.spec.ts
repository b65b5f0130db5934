import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { folderImages } from '#platform/images/folder.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { announceEventStore } from '../reach-event-store.ts'
import { runBackup } from './backup.ts'
import { aboutBucket } from './printing.ts'
import { runRestore } from './restore.ts'

const masterKey = randomBytes(32)
const never = new AbortController().signal

let folder = ''
let shop = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kessai-backup-spec-'))
  shop = join(folder, 'shop')
  file = join(folder, 'shop.kessai')
  await mkdir(shop)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const backUp = (options: { keyringOnly?: boolean } = {}) =>
  runBackup({ file, keyringOnly: false, environment: { KESSAI_DATA: shop }, signal: never, ...options })
const restore = (to: string) => runRestore(file, { KESSAI_DATA: join(folder, to) })

const noted = (n: number) => ({
  id: derivedId('backup-spec', 'noted', n),
  type: 'Noted',
  data: { n },
  metadata: {
    correlationId: 'order-1',
    causationId: 'spec',
    commandId: `command-${n}`,
    actor: 'system:spec',
    schemaVersion: 1,
  },
})

const openShop = async (dataDir: string) => {
  const node = await startNode({ file: join(dataDir, 'events.db') })
  const store = connectEventStore({ connectionString: node.connectionString, clock: systemClock })
  const withdraw = announceEventStore(dataDir, node.port)
  return {
    append: (n: number) => store.append('order-1', [noted(n)], n === 0 ? 'no-stream' : n - 1),
    read: async () => (await Array.fromAsync(store.read('order-1'))).map(({ data }) => data),
    close: async () => {
      withdraw()
      await store.close()
      await node.stop()
    },
  }
}

const first = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))

/** A shop with twenty events and one customer’s secret, closed again. */
const closedShop = async () => {
  const open = await openShop(shop)
  for (let n = 0; n < 20; n += 1) await open.append(n)
  await open.close()
  const keyring = openSqliteKeyring(join(shop, 'keyring.db'), masterKey)
  const envelope = await keyring.seal('customer-1', 'contact', { name: '日々 花子' })
  await keyring.close()
  return envelope
}

describe('a backup', () => {
  it('brings back the log and what only the keyring can read', async () => {
    const envelope = await closedShop()
    expect(await backUp()).toMatchObject({ kessaiBackup: 1 })
    await restore('restored')
    const open = await openShop(join(folder, 'restored'))
    expect(await open.read()).toEqual(first(20))
    await open.append(20)
    expect(await open.read()).toHaveLength(21)
    await open.close()
    const keyring = openSqliteKeyring(join(folder, 'restored', 'keyring.db'), masterKey)
    expect(await keyring.open(envelope, 'contact')).toEqual({ name: '日々 花子' })
    await keyring.close()
  })

  it('of a shop that goes on holds everything acknowledged before it began, without a gap', async () => {
    await closedShop()
    const open = await openShop(shop)
    const acknowledged = Array.from({ length: 20 }, (_, n) => n)
    const enough = new AbortController()
    const writing = (async () => {
      while (!enough.signal.aborted) {
        await open.append(acknowledged.length)
        acknowledged.push(acknowledged.length)
      }
    })()
    while (acknowledged.length < 60) await new Promise(setImmediate)
    const before = acknowledged.length
    await backUp()
    enough.abort()
    await writing
    await open.close()
    await restore('restored')
    const copy = await openShop(join(folder, 'restored'))
    const events = await copy.read()
    await copy.close()
    expect(events.length).toBeGreaterThanOrEqual(before)
    expect(events).toEqual(first(events.length))
  })

  it('holds no master key, and keeps quiet about nothing that is missing', async () => {
    await closedShop()
    await writeFile(join(shop, 'master.key'), masterKey.toString('base64'))
    const { parts } = await backUp()
    expect(Object.keys(parts)).toEqual(['events.db', 'keyring.db'])
    await restore('restored')
    expect(readdirSync(join(folder, 'restored')).toSorted()).toEqual(['events.db', 'keyring.db'])
  })

  it('brings back the pictures that were uploaded, and nothing else that lay beside them', async () => {
    await closedShop()
    const picture = `${'a'.repeat(64)}.jpg`
    const note = `upload-${'b'.repeat(64)}.json`
    const images = folderImages(join(shop, 'images'))
    await images.put(picture, Buffer.from('a teapot'))
    await images.put(note, Buffer.from('{}'))
    await writeFile(join(shop, 'images', '.being-written'), 'half a')
    expect(Object.keys((await backUp()).images ?? {})).toEqual([picture, note])
    await restore('restored')
    const restored = join(folder, 'restored', 'images')
    expect(readdirSync(restored).toSorted()).toEqual([picture, note])
    expect(await readFile(join(restored, picture), 'utf8')).toBe('a teapot')
  })

  it('leaves pictures in a bucket to the bucket, and says so without its secret', async () => {
    await closedShop()
    await folderImages(join(shop, 'images')).put(`${'a'.repeat(64)}.png`, Buffer.from('an older teapot'))
    const environment = {
      KESSAI_DATA: shop,
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_BUCKET: 'teapots',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'the-key',
      S3_SECRET_ACCESS_KEY: 'the-secret',
    }
    expect(await runBackup({ file, keyringOnly: false, environment, signal: never })).not.toHaveProperty(
      'images',
    )
    expect(aboutBucket(environment)).toMatch(/teapots.* not part of a backup.* its own means/)
    expect(aboutBucket(environment)).not.toContain('the-secret')
    expect(aboutBucket({ KESSAI_DATA: shop })).toBe('')
  })

  it('of the keyring alone leaves the log to others, but not the pictures', async () => {
    await closedShop()
    await folderImages(join(shop, 'images')).put(`${'a'.repeat(64)}.png`, Buffer.from('a teapot'))
    const { parts, images } = await backUp({ keyringOnly: true })
    expect(Object.keys(parts)).toEqual(['keyring.db'])
    expect(Object.keys(images ?? {})).toHaveLength(1)
  })

  it('replaces no file, and is refused where there is nothing to keep', async () => {
    await expect(backUp()).rejects.toThrow(/There is no event store/)
    await expect(backUp({ keyringOnly: true })).rejects.toThrow(/no keyring/)
    await writeFile(file, 'somebody’s')
    await closedShop()
    await expect(backUp()).rejects.toThrow(/exists already/)
    expect(await readFile(file, 'utf8')).toBe('somebody’s')
  })

  it('that fails leaves nothing behind', async () => {
    await closedShop()
    const stopped = AbortSignal.abort()
    await expect(
      runBackup({ file, keyringOnly: false, environment: { KESSAI_DATA: shop }, signal: stopped }),
    ).rejects.toThrow(/abort/i)
    expect(readdirSync(folder)).toEqual(['shop'])
  })
})

describe('a restore', () => {
  const DAY_MS = 24 * 60 * 60_000
  const restoredAfter = (days: number, forgottenMayReturn = false) =>
    runRestore(
      file,
      { KESSAI_DATA: join(folder, 'restored') },
      { nowMs: () => Date.now() + days * DAY_MS, forgottenMayReturn },
    )

  it('takes no keyring that is older than one may be kept, unless told that the forgotten may return', async () => {
    await closedShop()
    await backUp()
    await expect(restoredAfter(31)).rejects.toThrow(/31 days old.*--forgotten-may-return/)
    expect(readdirSync(join(folder, 'restored'))).toEqual([])
    await restoredAfter(31, true)
    expect(readdirSync(join(folder, 'restored')).toSorted()).toEqual(['events.db', 'keyring.db'])
  })

  it('takes a keyring of thirty days ago, and a log without one of any age', async () => {
    await closedShop()
    await backUp()
    await restoredAfter(30)
    await rm(join(folder, 'restored'), { recursive: true })
    await rm(file)
    await rm(join(shop, 'keyring.db'))
    await backUp()
    await restoredAfter(900)
    expect(readdirSync(join(folder, 'restored'))).toEqual(['events.db'])
  })

  it.each(['events.db', 'keyring.db', 'images', 'read-models.db', 'read-models.copies', 'sessions.db'])(
    'replaces no %s',
    async (name) => {
      await closedShop()
      await backUp()
      await mkdir(join(folder, 'other'))
      await writeFile(join(folder, 'other', name), 'somebody’s')
      await expect(restore('other')).rejects.toThrow(new RegExp(`already holds ${name}`))
      expect(readdirSync(join(folder, 'other'))).toEqual([name])
    },
  )

  it.each([
    ['is torn', () => truncate(file, 3_000)],
    ['is no backup', () => writeFile(file, 'These are notes. '.repeat(200))],
    [
      'was altered',
      async () => {
        const opened = join(folder, 'opened')
        await mkdir(opened)
        await writeFile(join(opened, 'events.db'), 'another log')
        const seals = { 'events.db': { bytes: 11, sha256: 'of the true one' } }
        const manifest = { kessaiBackup: 1, madeAt: new Date().toISOString(), events: 20, parts: seals }
        await writeFile(join(opened, 'manifest.json'), JSON.stringify(manifest))
        await create({ file, cwd: opened, gzip: true }, ['manifest.json', 'events.db'])
      },
    ],
    [
      'was altered in a picture',
      async () => {
        const opened = join(folder, 'opened')
        const picture = `${'a'.repeat(64)}.jpg`
        await mkdir(join(opened, 'images'), { recursive: true })
        await writeFile(join(opened, 'images', picture), 'another picture')
        const images = { [picture]: { bytes: 15, sha256: 'of the true one' } }
        const manifest = { kessaiBackup: 1, madeAt: new Date().toISOString(), parts: {}, images }
        await writeFile(join(opened, 'manifest.json'), JSON.stringify(manifest))
        await create({ file, cwd: opened, gzip: true }, ['manifest.json', `images/${picture}`])
      },
    ],
  ])('of a file that %s changes nothing', async (_what, spoil) => {
    await closedShop()
    await backUp()
    await spoil()
    await expect(restore('restored')).rejects.toThrow(/torn|no backup|damaged/)
    expect(existsSync(join(folder, 'restored')) ? readdirSync(join(folder, 'restored')) : []).toEqual([])
  })
})
