import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImagesUnavailable, refuseForeignName, type ImageStore } from './port.ts'

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
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw new ImagesUnavailable('A picture could not be read', { cause: error })
    }
  },
})
