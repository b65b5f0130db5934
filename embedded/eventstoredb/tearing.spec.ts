import {
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startNode } from './node.ts'
import { collect, numbered, numberOf, openNode } from './testing/openNode.ts'

let folder = ''
const fileIn = (name: string): string => join(folder, name)
const walSize = (file: string): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-tear-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Appends one event at a time and notes how long the write-ahead log was after each acknowledgement; then
 * copies the files of the running node, which is what a power cut would leave.
 */
const writeAndCut = async (count: number) => {
  const file = fileIn('log.db')
  await using opened = await openNode({ file })
  const sizes: number[] = []
  for (let index = 0; index < count; index += 1) {
    await opened.client.appendToStream('s', numbered(1, 'Torn', index))
    sizes.push(walSize(file))
  }
  const image = (name: string): string => {
    copyFileSync(fileIn('image.db'), fileIn(name))
    copyFileSync(fileIn('image.db-wal'), fileIn(`${name}-wal`))
    return fileIn(name)
  }
  copyFileSync(file, fileIn('image.db'))
  copyFileSync(`${file}-wal`, fileIn('image.db-wal'))
  return { sizes, image }
}

const survivors = async (file: string): Promise<number[]> => {
  await using opened = await openNode({ file })
  const events = await collect(opened.client.readStream('s'))
  expect(events.map(({ event }) => Number(event?.revision))).toEqual(events.map((_, index) => index))
  // Whatever survived can be built on.
  const expectedRevision = events.length === 0 ? 'no_stream' : BigInt(events.length - 1)
  await opened.client.appendToStream('s', numbered(1, 'Torn', events.length), { expectedRevision })
  expect(await collect(opened.client.readStream('s'))).toHaveLength(events.length + 1)
  return events.map(numberOf)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('a write-ahead log that was torn', () => {
  it('keeps every event acknowledged before the tear, and nothing else becomes an event', async () => {
    const { sizes, image } = await writeAndCut(60)
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    for (const acknowledged of [1, 17, 42, 60]) {
      const file = image(`torn-${acknowledged}.db`)
      const kept = sizes[acknowledged - 1] ?? 0
      truncateSync(`${file}-wal`, Math.min(kept + 700, sizes.at(-1) ?? 0))
      expect(await survivors(file)).toEqual(upTo(acknowledged))
    }
  })

  it('is believed up to the first damaged byte', async () => {
    const { sizes, image } = await writeAndCut(60)
    const acknowledged = 33
    const from = sizes[acknowledged - 1] ?? 0
    const garbage = image('garbage.db')
    const handle = openSync(`${garbage}-wal`, 'r+')
    writeSync(handle, Buffer.alloc(3_000, 0xa5), 0, 3_000, from + 40)
    closeSync(handle)
    // The frames behind the damage are whole, but what they build on is not there.
    expect(await survivors(garbage)).toEqual(upTo(acknowledged))

    const appended = image('appended.db')
    const wal = readFileSync(`${appended}-wal`)
    writeFileSync(`${appended}-wal`, Buffer.concat([wal, wal.subarray(32, 32 + 8 * 4_120)]))
    expect(await survivors(appended)).toEqual(upTo(60))
  })

  it('that is gone altogether leaves what had reached the main file', async () => {
    const file = fileIn('log.db')
    const first = await openNode({ file })
    await first.client.appendToStream('s', numbered(20, 'Torn'))
    await first[Symbol.asyncDispose]()
    await using second = await openNode({ file })
    await second.client.appendToStream('s', numbered(5, 'Torn', 20))
    copyFileSync(file, fileIn('alone.db'))
    expect(await survivors(fileIn('alone.db'))).toEqual(upTo(20))
  })
})

describe('a main file that was torn', () => {
  it.each([{ missing: 1 }, { missing: 5_000 }, { missing: 40_000 }])(
    'by $missing bytes is refused, not served with holes',
    async ({ missing }) => {
      const file = fileIn('log.db')
      const opened = await openNode({ file })
      await opened.client.appendToStream('s', numbered(300, 'Torn'))
      await opened[Symbol.asyncDispose]()
      truncateSync(file, statSync(file).size - missing)
      await expect(startNode({ file })).rejects.toThrow(/log\.db is (torn|damaged)/)
    },
  )

  it('is refused although a write-ahead log lies beside it, and taken if that has what is missing', async () => {
    const file = fileIn('log.db')
    const first = await openNode({ file })
    await first.client.appendToStream('s', numbered(400, 'Torn'))
    await first[Symbol.asyncDispose]()
    const { size } = statSync(file)
    await using second = await openNode({ file })
    await second.client.appendToStream('s', numbered(30, 'Torn', 400))
    for (const [name, bytes] of [
      ['whole.db', size],
      ['torn.db', size - 30_000],
    ] as const) {
      copyFileSync(file, fileIn(name))
      copyFileSync(`${file}-wal`, fileIn(`${name}-wal`))
      truncateSync(fileIn(name), bytes)
    }
    expect(await survivors(fileIn('whole.db'))).toEqual(upTo(430))
    await expect(startNode({ file: fileIn('torn.db') })).rejects.toThrow(/torn\.db is torn/)
  })
})
