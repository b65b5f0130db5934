import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { create, extract } from 'tar'
import { z } from 'zod'
import { ISSUER_FILE } from '#platform/identity/development-issuer.ts'
import { IMAGES_FOLDER } from '#platform/images/folder.ts'
import { isNameOfOurs } from '#platform/images/port.ts'

/**
 * What a backup holds, under these names: the log, the customers' keys as the master key wrapped them, and, where no identity
 * provider is configured, the development issuer, without which nobody would be who they were. Beside them lies the folder of
 * uploaded pictures, which the log only names.
 */
export const LOG = 'events.db'
export const KEYRING = 'keyring.db'
export { ISSUER_FILE as ISSUER, IMAGES_FOLDER as IMAGES }
const MANIFEST = 'manifest.json'
const PARTS = [LOG, KEYRING, ISSUER_FILE] as const
export type Part = (typeof PARTS)[number]

const Seal = z.object({ bytes: z.int().nonnegative(), sha256: z.string() })

const Manifest = z.object({
  kessaiBackup: z.literal(1),
  madeAt: z.iso.datetime(),
  /** How many events the log holds, and the position of its last one. Missing where no log is in the backup. */
  events: z.int().nonnegative().optional(),
  headPosition: z.int().nonnegative().optional(),
  parts: z.partialRecord(z.enum(PARTS), Seal),
  /** The files of pictures by their names; missing where none was ever uploaded. */
  images: z.record(z.string().refine(isNameOfOurs), Seal).optional(),
})

/** What a backup says of itself. */
export type Manifest = z.infer<typeof Manifest>

/** A file that is no backup, or not all of one. */
export class NoBackup extends Error {
  override readonly name = 'NoBackup'
}

const sealOf = async (file: string): Promise<z.infer<typeof Seal>> => {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length
      hash.update(chunk)
    }
  })
  return { bytes, sha256: hash.digest('hex') }
}

const inImages = (name: string): string => `${IMAGES_FOLDER}/${name}`

/** Packs the named parts and files of pictures, which lie in `folder`, into one gzipped tar. */
export const pack = async (
  folder: string,
  file: string,
  facts: Pick<Manifest, 'madeAt' | 'events' | 'headPosition'>,
  names: readonly Part[],
  images: readonly string[],
): Promise<Manifest> => {
  const seals = await Promise.all(
    names.map(async (name) => [name, await sealOf(join(folder, name))] as const),
  )
  const imageSeals: Record<string, z.infer<typeof Seal>> = {}
  // One after another: there may be more of them than files can be open.
  for (const name of images) imageSeals[name] = await sealOf(join(folder, inImages(name)))
  const manifest: Manifest = {
    kessaiBackup: 1,
    ...facts,
    parts: Object.fromEntries(seals),
    ...(images.length === 0 ? {} : { images: imageSeals }),
  }
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
  await create({ file, cwd: folder, gzip: true, portable: true, mode: 0o600 }, [
    MANIFEST,
    ...names,
    ...images.map(inImages),
  ])
  return manifest
}

/**
 * Unpacks a backup into `folder` and compares every part with its seal. Nothing but the known names is taken out.
 * @throws NoBackup
 */
export const unpack = async (file: string, folder: string): Promise<Manifest> => {
  const known: ReadonlySet<string> = new Set([MANIFEST, ...PARTS])
  try {
    await extract({ file, cwd: folder, strict: true, filter: (path) => known.has(path) || isImage(path) })
  } catch (error) {
    throw new NoBackup(`${file} cannot be unpacked: it is torn, or no backup`, { cause: error })
  }
  const manifest = await manifestIn(folder, file)
  const images = Object.entries(manifest.images ?? {}).map(([name, seal]) => [inImages(name), seal] as const)
  for (const [name, seal] of [...Object.entries(manifest.parts), ...images]) {
    const found = await sealOf(join(folder, name)).catch(() => undefined)
    if (found?.sha256 !== seal.sha256)
      throw new NoBackup(`${file} is damaged: its ${name} is not what was put in`)
  }
  return manifest
}

const isImage = (path: string): boolean =>
  path.startsWith(inImages('')) && isNameOfOurs(path.slice(inImages('').length))

const manifestIn = async (folder: string, file: string): Promise<Manifest> => {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')))
  } catch (error) {
    throw new NoBackup(`${file} is no backup of Kessai that this version understands`, { cause: error })
  }
}
