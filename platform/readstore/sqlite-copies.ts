import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { collectionName } from './bounds.ts'
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts'

/** Copies of collections, each with its checkpoint in a file of its own. */
export interface SqliteCopies {
  /** Whether the collection, or the checkpoint of that name, belongs into such a file. */
  readonly isOne: (name: string) => boolean
  /** The file of a copy, which is made where it is not there. */
  readonly open: (name: string) => SqliteFile
  /** The same for those who only read: where there is no file there is nothing. */
  readonly find: (name: string) => SqliteFile | undefined
  readonly drop: (name: string) => void
  readonly close: () => void
}

const FOLDER_SUFFIX = '.copies'

/** `read-models.db` → `read-models.copies`, beside it. */
export const copiesFolder = (file: string): string => `${file.replace(/\.db$/, '')}${FOLDER_SUFFIX}`

/**
 * A copy is filled while others write to the main file, and SQLite knows one writer per file; so each copy has a file,
 * and whoever fills or indexes it holds up nobody. The file says which main file it belongs to: what is left of an earlier
 * one is not taken for a copy of this one.
 */
export const sqliteCopies = (main: SqliteFile): SqliteCopies => {
  const folder = copiesFolder(main.path)
  const isInMemory = main.path === ':memory:'
  const opened = new Map<string, SqliteFile>()
  const inMain = new Map<string, boolean>()
  const pathOf = (name: string): string =>
    isInMemory ? ':memory:' : join(folder, `${collectionName(name)}.db`)

  const remove = (path: string): void => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  }

  /** Others may have dropped copies that we still hold open. */
  const closeDropped = (): void => {
    if (isInMemory) return
    for (const [name, file] of opened)
      if (!existsSync(file.path)) {
        file.close()
        opened.delete(name)
      }
  }

  const openOurs = (name: string): SqliteFile | undefined => {
    const owner = main.identity()
    const file = openSqliteFile(pathOf(name))
    if (file.claim(owner) === owner) {
      opened.set(name, file)
      return file
    }
    file.close()
    return undefined
  }

  return {
    isOne: (name) => {
      if (!name.includes('#')) return false
      // Copies made before they had files of their own are where they were.
      const isInMain = inMain.get(name) ?? main.has(name)
      inMain.set(name, isInMain)
      return !isInMain
    },
    open: (name) => {
      const known = opened.get(name)
      if (known !== undefined) return known
      closeDropped()
      if (!isInMemory) mkdirSync(folder, { recursive: true })
      const file = openOurs(name)
      if (file !== undefined) return file
      remove(pathOf(name))
      const fresh = openOurs(name)
      if (fresh === undefined) throw new Error(`The file of ${name} belongs to other read models`)
      return fresh
    },
    find: (name) => {
      // What another process has dropped can still be read by those who have it open.
      if (!isInMemory && !existsSync(pathOf(name))) {
        closeDropped()
        return undefined
      }
      return opened.get(name) ?? (isInMemory ? undefined : openOurs(name))
    },
    drop: (name) => {
      opened.get(name)?.close()
      opened.delete(name)
      if (!isInMemory) remove(pathOf(name))
      closeDropped()
    },
    close: () => {
      for (const file of opened.values()) file.close()
      opened.clear()
    },
  }
}
