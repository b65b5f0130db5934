import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { imageStoreContract } from './contract.ts'
import { folderImages } from './folder.ts'
import { ImagesUnavailable } from './port.ts'

const root = mkdtempSync(join(tmpdir(), 'kessai-images-'))
const folder = join(root, 'images')
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

imageStoreContract('a folder', async () => folderImages(folder))

it('a folder holds nothing but finished pictures', async () => {
  const name = `${'c'.repeat(64)}.webp`
  await folderImages(folder).put(name, Uint8Array.of(1))
  expect(readdirSync(folder)).toContain(name)
  expect(readdirSync(folder).filter((file) => file.startsWith('.'))).toStrictEqual([])
})

it('a place that is no folder is unavailable, which is not the same as an empty one', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  const images = folderImages(file)
  const name = `${'c'.repeat(64)}.webp`
  await expect(images.put(name, Uint8Array.of(1))).rejects.toThrow(ImagesUnavailable)
  await expect(images.get(name)).rejects.toThrow(ImagesUnavailable)
  expect(await images.check()).toStrictEqual({
    kind: 'wrong',
    sentence: 'The folder of pictures in KESSAI_DATA is no folder',
  })
})

it('a folder that cannot be made any more is told of', async () => {
  expect(await folderImages(join(root, 'gone', 'images')).check()).toMatchObject({ kind: 'wrong' })
})
