import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImagesUnavailable } from '#platform/images/port.ts'
import { apiBench, type ApiBench } from '../testing.ts'
import { multipartOf } from './ops/multipart.ts'

const away = (): Promise<never> => Promise.reject(new ImagesUnavailable('The bucket is away'))

describe('while the place of pictures is away', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({
      replace: () => ({
        images: { put: away, get: away, has: away, remove: away, check: () => Promise.resolve(undefined) },
      }),
    })
    await bench.offer('teapot')
  })
  afterAll(() => bench.close())

  it('a picture is not said to be missing, but to be asked for again', async () => {
    const { statusCode, headers, body } = await bench.app.inject(`/images/${'a'.repeat(64)}.jpg`)
    expect([statusCode, headers['retry-after']]).toStrictEqual([503, '1'])
    expect(body).toContain('temporarily-unavailable')
    expect(String(headers['cache-control'])).not.toContain('immutable')
    expect(body).not.toContain('bucket')
  })

  it('an upload is refused for now, and changes nothing; the catalogue is shown', async () => {
    const admin = await bench.signIn('admin@example.com', ['admin'])
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const reply = await admin.send({
      method: 'POST',
      url: '/api/ops/products/teapot/image',
      ...multipartOf(picture, 'cup.png'),
    })
    expect(reply.statusCode).toBe(503)
    expect(await bench.typesOf('product-teapot')).toStrictEqual(['ProductListed'])
    expect((await bench.app.inject('/api/products/teapot')).statusCode).toBe(200)
  })
})
