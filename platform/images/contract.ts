import { beforeEach, describe, expect, it } from 'vitest'
import type { ImageStore } from './port.ts'

const NAME = `${'a'.repeat(64)}.jpg`
const NOTE = `upload-${'b'.repeat(64)}.json`
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

/** What every place for pictures must do. `open` is called again to see what survives a restart. */
export const imageStoreContract = (engine: string, open: () => Promise<ImageStore>): void => {
  describe(`pictures in ${engine}`, () => {
    let images: ImageStore
    beforeEach(async () => {
      images = await open()
    })

    it('come back as they were kept, also after a restart', async () => {
      await images.put(NAME, bytes(255, 0, 128))
      await images.put(NOTE, bytes(123, 125))
      expect([...((await images.get(NAME)) ?? [])]).toStrictEqual([255, 0, 128])
      const again = await open()
      expect([...((await again.get(NAME)) ?? [])]).toStrictEqual([255, 0, 128])
      expect([...((await again.get(NOTE)) ?? [])]).toStrictEqual([123, 125])
    })

    it('are undefined when nothing has the name', async () => {
      expect(await images.get(`${'0'.repeat(64)}.png`)).toBeUndefined()
    })

    it('take the place of what had the name', async () => {
      await images.put(NAME, bytes(1))
      await images.put(NAME, bytes(1))
      await images.put(NAME, bytes(2, 3))
      expect([...((await images.get(NAME)) ?? [])]).toStrictEqual([2, 3])
    })

    it('are gone once they are removed, also when that is asked twice or of nothing', async () => {
      await images.put(NAME, bytes(1))
      await images.put(NOTE, bytes(2))
      expect(await images.has(NAME)).toBe(true)
      await images.remove(NAME)
      await images.remove(NAME)
      await images.remove(`${'0'.repeat(64)}.png`)
      expect([await images.has(NAME), await images.get(NAME)]).toStrictEqual([false, undefined])
      expect(await images.has(NOTE)).toBe(true)
      await images.put(NAME, bytes(3))
      expect([...((await images.get(NAME)) ?? [])]).toStrictEqual([3])
    })

    it('have a place with nothing wrong, whether or not one was ever kept', async () => {
      expect(await images.check()).toBeUndefined()
      await images.put(NAME, bytes(1))
      expect(await images.check()).toBeUndefined()
    })

    it('are never read half written', async () => {
      const [light, dark] = [new Uint8Array(200_000).fill(255), new Uint8Array(200_000)]
      await images.put(NAME, light)
      const reads = Array.from({ length: 20 }, async () => {
        const read = (await images.get(NAME)) ?? bytes()
        return read.length === 200_000 && new Set(read).size === 1
      })
      await Promise.all([images.put(NAME, dark), images.put(NAME, light), images.put(NAME, dark)])
      expect(await Promise.all(reads)).not.toContain(false)
    })

    it.each([
      '../outside.jpg',
      `../${'a'.repeat(64)}.jpg`,
      '/etc/passwd',
      `${'a'.repeat(64)}.svg`,
      `${'a'.repeat(64)}.jpg/..`,
      `${'a'.repeat(64)}.jpg\0`,
      `${'A'.repeat(64)}.jpg`,
      '',
    ])('have none of this name: %j', async (name) => {
      await expect(images.put(name, bytes(1))).rejects.toThrow(RangeError)
      await expect(images.get(name)).rejects.toThrow(RangeError)
      await expect(images.has(name)).rejects.toThrow(RangeError)
      await expect(images.remove(name)).rejects.toThrow(RangeError)
    })
  })
}
