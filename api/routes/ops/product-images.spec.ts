import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, until, type ApiBench, type Browser } from '../../testing.ts'
import { LARGEST_PICTURE_BYTES } from './product-images.ts'
import { multipartOf } from './multipart.ts'

let bench: ApiBench
let admin: Browser
beforeAll(async () => {
  bench = await apiBench()
  admin = await bench.signIn('admin@example.com', ['admin'])
  await bench.offer('teapot')
})
afterAll(async () => {
  await bench.close()
})

const picture = (background: string, width = 800, height = 600): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer()
const attach = (content: Uint8Array, id = 'teapot', fileName = 'photo.jpg', by: Browser = admin) =>
  by.send({ method: 'POST', url: `/api/ops/products/${id}/image`, ...multipartOf(content, fileName) })
const codeOf = (reply: { readonly statusCode: number; json: () => unknown }) => {
  const body = reply.json()
  return [
    reply.statusCode,
    typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined,
  ]
}
interface Attached {
  readonly imageUrl: string
  readonly thumbnailUrl: string
}

describe('showing a product by a picture', () => {
  it('is seen in the shop at once, with a thumbnail', async () => {
    const reply = await attach(await picture('red'))
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({ productId: 'teapot', width: 800, height: 600 })
    const { imageUrl, thumbnailUrl } = reply.json<Attached>()
    expect((await bench.app.inject('/api/products/teapot')).json()).toMatchObject({ imageUrl, thumbnailUrl })
    const { rawPayload } = await bench.app.inject(thumbnailUrl)
    expect(await sharp(rawPayload).metadata()).toMatchObject({ format: 'webp', width: 320, height: 320 })
    expect(await sharp((await bench.app.inject(imageUrl)).rawPayload).metadata()).toMatchObject({
      format: 'jpeg',
      width: 800,
    })
  })

  it('is a fact once, however often the same file is sent', async () => {
    await bench.offer('cup')
    for (let time = 0; time < 3; time += 1) await attach(await picture('blue'), 'cup')
    await attach(await picture('green'), 'cup')
    expect(await bench.typesOf('product-cup')).toStrictEqual([
      'ProductListed',
      'ProductImageAttached',
      'ProductImageAttached',
    ])
    const [, attached] = await bench.eventsOf('product-cup')
    expect(attached?.metadata.actor).toBe(`staff:${admin.customerId}`)
  })

  it('takes a picture whatever its file is called', async () => {
    expect((await attach(await picture('pink'), 'teapot', '../../etc/passwd')).statusCode).toBe(200)
    expect((await attach(await picture('pink'), 'teapot', 'picture.svg')).statusCode).toBe(200)
  })

  it('knows no product that was never listed', async () => {
    const unknown = [404, 'product-not-found']
    expect(codeOf(await attach(await picture('red'), 'no-such-pot'))).toStrictEqual(unknown)
    expect(codeOf(await attach(await picture('red'), 'NOT-AN-ID'))).toStrictEqual(unknown)
  })
})

describe('a file that is not taken', () => {
  const refused = async (content: Uint8Array): Promise<unknown> => codeOf(await attach(content))

  it('is no picture, whatever it says of itself', async () => {
    const unsupported = [415, 'picture-type-unsupported']
    expect(await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toStrictEqual(unsupported)
    expect(await refused(Buffer.from('<html><script>alert(1)</script>'))).toStrictEqual(unsupported)
    expect(await refused(Buffer.alloc(0))).toStrictEqual(unsupported)
  })

  it('is too large, in bytes or once opened up', async () => {
    const heavy = Buffer.alloc(LARGEST_PICTURE_BYTES + 1)
    expect(await refused(heavy)).toStrictEqual([413, 'picture-too-large'])
    const wide = await sharp({ create: { width: 9_000, height: 6_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    expect(wide.length).toBeLessThan(1_000_000)
    expect(await refused(wide)).toStrictEqual([413, 'picture-too-large'])
  })

  it('breaks off', async () => {
    const whole = await picture('red')
    expect(await refused(whole.subarray(0, 200))).toStrictEqual([422, 'picture-damaged'])
  })

  it('is not there', async () => {
    const url = '/api/ops/products/teapot/image'
    const boundary = 'x'
    const empty = await admin.send({
      method: 'POST',
      url,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: `--${boundary}--\r\n`,
    })
    expect(codeOf(empty)).toStrictEqual([422, 'file-missing'])
    expect(codeOf(await admin.post(url, { file: 'x' }))).toStrictEqual([415, 'unsupported-media-type'])
    const torn = await admin.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'multipart/form-data' },
      payload: 'x',
    })
    expect(torn.statusCode).toBeGreaterThanOrEqual(400)
    expect(torn.statusCode).toBeLessThan(500)
  })

  it('has no plain name by which a list could find it', async () => {
    const reply = await admin.send({
      method: 'POST',
      url: '/api/ops/images',
      ...multipartOf(await picture('red'), '.hidden'),
    })
    expect(codeOf(reply)).toStrictEqual([422, 'file-name-not-plain'])
  })

  it('comes from somebody who may not send any', async () => {
    for (const roles of [[], ['support'], ['operator'], ['auditor']] as const) {
      const other = await bench.signIn(`${roles.join('')}-else@example.com`, [...roles])
      expect((await attach(await picture('red'), 'teapot', 'a.jpg', other)).statusCode).toBe(403)
    }
  })
})

describe('GET /images/{name}', () => {
  it('serves a picture to everybody, for good, and as nothing but a picture', async () => {
    const { imageUrl } = (await attach(await picture('gold'))).json<Attached>()
    const { statusCode, headers } = await bench.app.inject(imageUrl)
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    expect(headers['set-cookie']).toBeUndefined()
    const head = await bench.app.inject({ method: 'HEAD', url: imageUrl })
    expect([head.statusCode, head.body]).toStrictEqual([200, ''])
  })

  it.each([
    `${'0'.repeat(64)}.jpg`,
    'teapot.svg',
    `upload-${'0'.repeat(64)}.json`,
    '..%2f..%2fkeyring.db',
    '%2e%2e%2fkeyring.db',
    '..\\keyring.db',
    '%00',
    '../keyring.db',
  ])('finds nothing under %s', async (name) => {
    const { statusCode, body } = await bench.app.inject(`/images/${name}`)
    expect([400, 404]).toContain(statusCode)
    expect(body).not.toContain('SQLite')
  })

  it('cannot be written to', async () => {
    const { imageUrl } = (await attach(await picture('gold'))).json<Attached>()
    for (const method of ['POST', 'PUT', 'DELETE'] as const)
      expect((await admin.send({ method, url: imageUrl, payload: {} })).statusCode).toBe(405)
  })
})

describe('GET /images/products/{productId}', () => {
  it('leads to what a product is shown by now, also when it is no longer on sale', async () => {
    await bench.offer('whisk')
    const shown = async () => (await bench.app.inject('/images/products/whisk')).headers['location']
    expect(await shown()).toBe('/images/whisk.svg')
    const { thumbnailUrl } = (await attach(await picture('gold'), 'whisk')).json<Attached>()
    expect(await shown()).toBe(thumbnailUrl)
    await bench.delist('whisk')
    await until(
      'it is off sale',
      async () => (await bench.app.inject('/api/products/whisk')).statusCode === 404,
    )
    expect(await shown()).toBe(thumbnailUrl)
  })

  it('leads nowhere but to a drawing for what was never listed, and never out of the shop', async () => {
    expect((await bench.app.inject('/images/products/never-listed')).headers['location']).toBe(
      '/images/never-listed.svg',
    )
    for (const id of ['..%2Fsecret', '%2F%2Felsewhere.example', 'NOT-AN-ID'])
      expect((await bench.app.inject(`/images/products/${id}`)).statusCode, id).toBe(404)
  })
})
