import { randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** SQLite keeps a journal of its own beside a database it is writing. */
const SUFFIXES = ['', '-journal', '-wal', '-shm']

const prefixOf = (logFile: string): string => `.${basename(logFile)}.backup-`

/** A name for a short-lived copy of the log: beside it, or in the system's folder if it has no file. */
export const newCopyFile = (logFile: string): string =>
  logFile === ':memory:'
    ? join(tmpdir(), `kessai-backup-${randomUUID()}`)
    : join(dirname(logFile), `${prefixOf(logFile)}${randomUUID()}`)

/** Removes a copy, finished or not, and what SQLite laid beside it. */
export const removeCopy = async (file: string): Promise<void> => {
  await Promise.all(SUFFIXES.map(async (suffix) => rm(`${file}${suffix}`, { force: true })))
}

/** Removes the copies that a killed node left behind. Only for whoever holds the log. */
export const removeLeftOverCopies = (logFile: string): void => {
  if (logFile === ':memory:') return
  const folder = dirname(logFile)
  const prefix = prefixOf(logFile)
  const rest = new RegExp(`^${UUID}(${SUFFIXES.join('|')})$`)
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && rest.test(name.slice(prefix.length))) rmSync(join(folder, name))
  }
}
