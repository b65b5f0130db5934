import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, type ApiBench } from '../../testing.ts'
import { multipartOf } from './multipart.ts'

const red = (): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .png()
    .toBuffer()

describe('a picture that was replaced long ago and is sent again', () => {
  const files = new Map<string, Uint8Array>()
  let bench: ApiBench
  beforeAll(async () => {
    let isFirstLook = true
    bench = await apiBench({
      replace: () => ({
        images: {
          put: async (name, bytes) => void files.set(name, bytes),
          get: async (name) => files.get(name),
          has: async (name) => {
            // The old files go behind the upload, before anybody could know that they are wanted again.
            if (isFirstLook) files.clear()
            isFirstLook = false
            return files.has(name)
          },
          remove: async (name) => void files.delete(name),
          check: () => Promise.resolve(undefined),
        },
      }),
    })
    await bench.offer('teapot')
  })
  afterAll(() => bench.close())

  it('is there when the answer is, though its files were just being removed', async () => {
    const admin = await bench.signIn('owner@example.com', ['admin'])
    const reply = await admin.send({
      method: 'POST',
      url: '/api/ops/products/teapot/image',
      ...multipartOf(await red(), 'cup.png'),
    })
    expect(reply.statusCode).toBe(200)
    const { imageUrl, thumbnailUrl } = reply.json<{ imageUrl: string; thumbnailUrl: string }>()
    for (const url of [imageUrl, thumbnailUrl])
      expect((await bench.app.inject(url)).statusCode, url).toBe(200)
  })
})
