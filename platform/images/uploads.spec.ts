import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ImageStore } from './port.ts'
import { PictureRefused } from './preparing.ts'
import { isPlainFileName, pictureUploads, TooManyUploads } from './uploads.ts'

const memory = (): Pick<ImageStore, 'put' | 'get' | 'has'> & { readonly kept: Map<string, Uint8Array> } => {
  const kept = new Map<string, Uint8Array>()
  return {
    kept,
    put: async (name, bytes) => void kept.set(name, bytes),
    get: async (name) => kept.get(name),
    has: async (name) => kept.has(name),
  }
}
const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer()

describe('an uploaded picture', () => {
  it('is found again by its file name, the newest of that name', async () => {
    const uploads = pictureUploads(memory())
    const red = await uploads.take('急須.png', await picture('red'))
    expect(await uploads.named('急須.png')).toStrictEqual(red)
    const blue = await uploads.take('急須.png', await picture('blue'))
    expect(await uploads.named('急須.png')).toStrictEqual(blue)
    expect(blue.original.name).not.toBe(red.original.name)
    expect(await uploads.named('その他.png')).toBeUndefined()
  })

  it('is found whichever way its name writes a letter with a mark', async () => {
    const uploads = pictureUploads(memory())
    const taken = await uploads.take('ガラス.png'.normalize('NFD'), await picture('red'))
    expect(await uploads.named('ガラス.png'.normalize('NFC'))).toStrictEqual(taken)
  })

  it('is no longer found by its file name once one of its files was removed, and is again when it was sent again', async () => {
    const images = memory()
    const uploads = pictureUploads(images)
    const taken = await uploads.take('cup.png', await picture('red'))
    for (const { name } of [taken.original, taken.thumbnail]) {
      images.kept.delete(name)
      expect([await uploads.isKept(taken), await uploads.named('cup.png')]).toStrictEqual([false, undefined])
      expect(await uploads.take('cup.png', await picture('red'))).toStrictEqual(taken)
      expect([await uploads.isKept(taken), await uploads.named('cup.png')]).toStrictEqual([true, taken])
    }
  })

  it('leaves its two files and a note, and the same one again leaves no more', async () => {
    const images = memory()
    const uploads = pictureUploads(images)
    const taken = await uploads.take('cup.png', await picture('red'))
    await uploads.take('cup.png', await picture('red'))
    expect(images.kept.size).toBe(3)
    expect([...images.kept.keys()]).toEqual(
      expect.arrayContaining([taken.original.name, taken.thumbnail.name]),
    )
  })

  it('leaves nothing when it is refused', async () => {
    const images = memory()
    await expect(pictureUploads(images).take('cup.png', Buffer.from('cup'))).rejects.toThrow(PictureRefused)
    expect(images.kept.size).toBe(0)
  })

  it('waits its turn, and is turned away when too many wait', async () => {
    const uploads = pictureUploads(memory())
    const upload = await picture('red')
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => uploads.take(`${index}.png`, upload)),
    )
    const refused = all.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused).toHaveLength(4)
    for (const reason of refused) expect(reason).toBeInstanceOf(TooManyUploads)
    expect(await uploads.take('later.png', upload)).toBeDefined()
  })
})

it.each(['cup.jpg', '急須 (1).png', 'a'])('%j is a plain file name', (name) => {
  expect(isPlainFileName(name)).toBe(true)
})
it.each([
  '',
  '.hidden',
  '..',
  '../cup.jpg',
  '/etc/passwd',
  'C:\\cup.jpg',
  'a/b.jpg',
  'a\\b.jpg',
  'cup\0.jpg',
  'cup\u202Egpj.exe',
  'http://example.com/cup.jpg',
  'a'.repeat(201),
])('%j is none', (name) => {
  expect(isPlainFileName(name)).toBe(false)
})
