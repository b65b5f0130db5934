import { createHash } from 'node:crypto'
import sharp, { type Sharp } from 'sharp'
import { pictureKindOf, type PictureKind } from './picture-kind.ts'

/**
 * Why a picture is not taken.
 * - `not-a-picture`: its first bytes are not those of a JPEG, PNG or WebP file.
 * - `too-many-pixels`: opened up, it would take more memory than a picture of a product is worth.
 * - `damaged`: it begins like a picture, but cannot be read to its end.
 */
export type PictureRefusal = 'not-a-picture' | 'too-many-pixels' | 'damaged'

export class PictureRefused extends Error {
  override readonly name = 'PictureRefused'
  readonly reason: PictureRefusal

  constructor(reason: PictureRefusal, cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
  }
}

/** A file ready to be kept and served; `name` is made from its bytes. */
export interface PreparedFile {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

export interface PreparedPicture {
  readonly original: PreparedFile
  readonly thumbnail: PreparedFile
}

/** What a good phone camera makes; a file of a few kilobytes may claim a hundred times as much. */
export const MOST_PIXELS = 50_000_000
/**
 * Longer than any camera makes them. A line of ten million by five pixels is few pixels, and comes in a file of six
 * kilobytes; but decoders hold whole lines, and a square made of one takes more than a gigabyte.
 */
export const LONGEST_UPLOADED_SIDE = 20_000
/** No page shows a picture larger than this, on the finest of screens. */
const LONGEST_SIDE = 2_048
const THUMBNAIL_SIDE = 320
const QUALITY = 88
const LONGEST_WORK_SECONDS = 20

/** Uploads come from anywhere, so only these three decoders are let near them. */
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})
/** Pictures are prepared beside payments: one core at most, and nothing kept from one for the next. */
sharp.concurrency(1)
sharp.cache(false)

/**
 * Makes the two files of a picture from an upload. Both are written anew from its pixels, turned upright, so that nothing
 * else an upload held is ever served: neither where it was taken, nor by what, nor anything hidden behind it.
 * @throws PictureRefused
 */
export const preparePicture = async (upload: Uint8Array): Promise<PreparedPicture> => {
  const kind = pictureKindOf(upload)
  if (kind === undefined) throw new PictureRefused('not-a-picture')
  await refuseTooManyPixels(upload)
  try {
    const fitting = opened(upload).resize(LONGEST_SIDE, LONGEST_SIDE, {
      fit: 'inside',
      withoutEnlargement: true,
    })
    const square = opened(upload).resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'cover' })
    const original = await written(fitting, kind)
    return { original, thumbnail: await written(square, 'webp') }
  } catch (error) {
    throw new PictureRefused('damaged', error)
  }
}

/** The decoder's own limit is exceeded only once it decodes; what a file claims can be told before. */
const refuseTooManyPixels = async (upload: Uint8Array): Promise<void> => {
  const { width, height } = await sharp(upload, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw new PictureRefused('damaged', error)
    })
  if (width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_UPLOADED_SIDE)
    throw new PictureRefused('too-many-pixels')
}

const opened = (upload: Uint8Array): Sharp =>
  sharp(upload, { limitInputPixels: MOST_PIXELS, failOn: 'error', autoOrient: true }).timeout({
    seconds: LONGEST_WORK_SECONDS,
  })

const EXTENSIONS = { jpeg: 'jpg', png: 'png', webp: 'webp' } as const satisfies Record<PictureKind, string>

const written = async (picture: Sharp, kind: PictureKind): Promise<PreparedFile> => {
  const encoded = {
    jpeg: () => picture.jpeg({ quality: QUALITY, progressive: true }),
    png: () => picture.png({ compressionLevel: 9 }),
    webp: () => picture.webp({ quality: QUALITY }),
  }[kind]()
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
  const hash = createHash('sha256').update(data).digest('hex')
  return { name: `${hash}.${EXTENSIONS[kind]}`, width: info.width, height: info.height, bytes: data }
}
