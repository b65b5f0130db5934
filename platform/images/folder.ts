import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ImagesUnavailable, refuseForeignName, type ImageStore, type ImageTrouble } from './port.ts'

/** The folder's name inside `KESSAI_DATA`. */
export const IMAGES_FOLDER = 'images'

/** Pictures as plain files of one folder, which is made with the first of them. Several processes may share it. */
export const folderImages = (folder: string): ImageStore => ({
  put: async (name, bytes) => {
    refuseForeignName(name)
    // Under its name at once or not at all, also for whoever reads at the same moment.
    const draft = join(folder, `.${randomUUID()}`)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(draft, bytes, { flag: 'wx', flush: true })
      await rename(draft, join(folder, name))
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      throw new ImagesUnavailable('A picture could not be kept', { cause: error })
    }
  },
  get: async (name) => {
    refuseForeignName(name)
    try {
      return await readFile(join(folder, name))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw new ImagesUnavailable('A picture could not be read', { cause: error })
    }
  },
  has: async (name) => {
    refuseForeignName(name)
    try {
      return (await stat(join(folder, name))).isFile()
    } catch (error) {
      if (isMissing(error)) return false
      throw new ImagesUnavailable('A picture could not be looked for', { cause: error })
    }
  },
  remove: async (name) => {
    refuseForeignName(name)
    try {
      await rm(join(folder, name), { force: true })
    } catch (error) {
      throw new ImagesUnavailable('A picture could not be removed', { cause: error })
    }
  },
  check: async () => {
    try {
      const made = await stat(folder).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      })
      if (made?.isDirectory() === false) return wrong('is no folder')
      await access(made === undefined ? dirname(folder) : folder, constants.R_OK | constants.W_OK)
      return undefined
    } catch {
      return wrong('cannot be read and written')
    }
  },
})

const wrong = (what: string): ImageTrouble => ({
  kind: 'wrong',
  sentence: `The folder of pictures in KESSAI_DATA ${what}`,
})

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
