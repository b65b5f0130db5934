import { deflateSync, crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  LONGEST_UPLOADED_SIDE,
  MOST_PIXELS,
  preparePicture,
  type PictureRefusal,
  PictureRefused,
} from './preparing.ts'

const CAMERA = 'Somebody’s own camera'
const plain = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#b8371a' } })
/** Lying on its side, as cameras leave them, with the maker and the place in it. */
const photograph = (): Promise<Buffer> =>
  plain(600, 400)
    .withExif({
      IFD0: { Make: CAMERA },
      IFD3: { GPSLatitude: '33/1 35/1 0/1', GPSLatitudeRef: 'N' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()

const refusalOf = (upload: Uint8Array): Promise<PictureRefusal | 'taken'> =>
  preparePicture(upload).then(
    () => 'taken' as const,
    (error: unknown) => {
      if (error instanceof PictureRefused) return error.reason
      throw error
    },
  )

/** A PNG of a few bytes that claims to be this large (RFC 2083). */
const pngClaiming = (width: number, height: number): Buffer => {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

describe('a picture', () => {
  it.each([
    ['jpeg', 'jpg', () => plain(800, 600).jpeg().toBuffer()],
    ['png', 'png', () => plain(800, 600).png().toBuffer()],
    ['webp', 'webp', () => plain(800, 600).webp().toBuffer()],
  ])('that is a %s stays one, and gets a thumbnail of 320 by 320', async (format, extension, upload) => {
    const { original, thumbnail } = await preparePicture(await upload())
    expect(original.name).toMatch(new RegExp(`^[0-9a-f]{64}\\.${extension}$`))
    expect(await sharp(original.bytes).metadata()).toMatchObject({ format, width: 800, height: 600 })
    expect(original).toMatchObject({ width: 800, height: 600 })
    expect(thumbnail.name).toMatch(/^[0-9a-f]{64}\.webp$/)
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ format: 'webp', width: 320, height: 320 })
  })

  it('is named after what is in it', async () => {
    const upload = await photograph()
    const [first, second] = [await preparePicture(upload), await preparePicture(upload)]
    expect(second.original.name).toBe(first.original.name)
    const other = await preparePicture(await plain(601, 400).jpeg().toBuffer())
    expect(other.original.name).not.toBe(first.original.name)
  })

  it('stands upright and says nothing of who took it, or where', async () => {
    const upload = await photograph()
    expect(upload.toString('latin1')).toContain('Exif')
    for (const { bytes } of Object.values(await preparePicture(upload))) {
      const { exif, icc, xmp, orientation } = await sharp(bytes).metadata()
      expect({ exif, icc, xmp, orientation }).toStrictEqual({
        exif: undefined,
        icc: undefined,
        xmp: undefined,
        orientation: undefined,
      })
      expect(Buffer.from(bytes).toString('latin1')).not.toContain('camera')
    }
    const { original } = await preparePicture(upload)
    expect(original).toMatchObject({ width: 400, height: 600 })
  })

  it('carries nothing on that was hidden behind it', async () => {
    const upload = Buffer.concat([await photograph(), Buffer.from('<script>alert(1)</script>')])
    const { original } = await preparePicture(upload)
    expect(Buffer.from(original.bytes).toString('latin1')).not.toContain('<script>')
  })

  it('is made no larger than a page shows, and a small one is left small', async () => {
    expect((await preparePicture(await plain(4_000, 1_000).jpeg().toBuffer())).original).toMatchObject({
      width: 2_048,
      height: 512,
    })
    expect((await preparePicture(await plain(20, 10).png().toBuffer())).original).toMatchObject({
      width: 20,
      height: 10,
    })
  })
})

describe('what is no picture of a product', () => {
  it.each([
    ['an SVG, which may hold scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000'],
    ['a page that calls itself a picture', '<html>image.jpg</html>'],
    ['a PDF', '%PDF-1.7'],
    ['a sound in a RIFF file', 'RIFF\u0000\u0000\u0000\u0000WAVEfmt '],
    ['nothing', ''],
  ])('is refused: %s', async (_, text) => {
    expect(await refusalOf(Buffer.from(text, 'latin1'))).toBe('not-a-picture')
  })

  it('is refused when it only begins like one, or ends too early', async () => {
    const upload = await plain(600, 400).png().toBuffer()
    expect(await refusalOf(upload.subarray(0, 8))).toBe('damaged')
    expect(await refusalOf(upload.subarray(0, upload.length / 2))).toBe('damaged')
    expect(await refusalOf(Buffer.from('ffd8ff00112233', 'hex'))).toBe('damaged')
  })

  it('is refused before it is opened up when it claims more pixels than memory is for', async () => {
    const bomb = pngClaiming(60_000, 60_000)
    expect(bomb.length).toBeLessThan(200)
    expect(await refusalOf(bomb)).toBe('too-many-pixels')
    const side = Math.ceil(Math.sqrt(MOST_PIXELS + 1))
    expect(await refusalOf(pngClaiming(side, side))).toBe('too-many-pixels')
  })

  it('is refused when it is a line that would be blown up to a thumbnail of gigabytes', async () => {
    const most = LONGEST_UPLOADED_SIDE
    expect(await refusalOf(pngClaiming(9_999_999, 5))).toBe('too-many-pixels')
    expect(await refusalOf(pngClaiming(5, 9_999_999))).toBe('too-many-pixels')
    expect(await refusalOf(pngClaiming(most + 1, 1))).toBe('too-many-pixels')
    expect(await refusalOf(await plain(most, 2).png().toBuffer())).toBe('taken')
  })
})
