import { createHash } from 'node:crypto'
import { z } from 'zod'
import { keyedQueue } from '../commands/keyed-queue.ts'
import type { ImageStore } from './port.ts'
import { preparePicture } from './preparing.ts'

const KeptFile = z.object({
  name: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
})
const KeptPicture = z.object({ original: KeptFile, thumbnail: KeptFile })

/** A picture whose files are kept: what a product may be shown by. */
export type KeptPicture = z.infer<typeof KeptPicture>

/** So many pictures are being prepared already that another one would only wait: try later. */
export class TooManyUploads extends Error {
  override readonly name = 'TooManyUploads'
}

export interface PictureUploads {
  /**
   * Prepares an upload, keeps its files and remembers it by its file name. The same file again is the same picture.
   * @throws PictureRefused, TooManyUploads, ImagesUnavailable
   */
  readonly take: (fileName: string, upload: Uint8Array) => Promise<KeptPicture>
  /**
   * The picture uploaded last under this plain file name; undefined when there was none, or its files are gone since it
   * was replaced everywhere. @throws ImagesUnavailable
   */
  readonly named: (fileName: string) => Promise<KeptPicture | undefined>
  /** Whether both files of a picture are there. @throws ImagesUnavailable */
  readonly isKept: (picture: KeptPicture) => Promise<boolean>
}

/** Each waits with its whole file in memory. */
const MOST_WAITING = 8

export const LONGEST_FILE_NAME = 200

/** A name that leads nowhere: no folder, no drive, nothing hidden, nothing that cannot be seen. */
export const isPlainFileName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= LONGEST_FILE_NAME &&
  !name.startsWith('.') &&
  !/[/\\:\p{Cc}\p{Cf}]/u.test(name)

/** Uploads over a store of files. Pictures are prepared one after another, beside whatever else the process does. */
export const pictureUploads = (images: Pick<ImageStore, 'put' | 'get' | 'has'>): PictureUploads => {
  const inTurn = keyedQueue()
  let waiting = 0

  const isKept = async ({ original, thumbnail }: KeptPicture): Promise<boolean> =>
    (await Promise.all([images.has(original.name), images.has(thumbnail.name)])).every(Boolean)

  return {
    isKept,
    take: async (fileName, upload) => {
      if (waiting >= MOST_WAITING) throw new TooManyUploads('Too many pictures at once')
      waiting += 1
      try {
        const { original, thumbnail } = await inTurn('pictures', () => preparePicture(upload))
        for (const { name, bytes } of [original, thumbnail]) await images.put(name, bytes)
        const picture = KeptPicture.parse({ original, thumbnail })
        await images.put(noteOf(fileName), Buffer.from(JSON.stringify(picture)))
        return picture
      } finally {
        waiting -= 1
      }
    },
    named: async (fileName) => {
      const note = await images.get(noteOf(fileName))
      if (note === undefined) return undefined
      const picture = KeptPicture.parse(JSON.parse(Buffer.from(note).toString('utf8')))
      return (await isKept(picture)) ? picture : undefined
    },
  }
}

/** Some systems write が as one letter and some as two; both are the same name. */
const noteOf = (fileName: string): string =>
  `upload-${createHash('sha256').update(fileName.normalize('NFC')).digest('hex')}.json`
