import { randomBytes } from 'node:crypto'
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The content of a file that is made once and then kept, readable by its owner alone. Processes that start at the
 * same moment agree on one content: the file appears complete, by a link, or not at all.
 */
export const keptFile = (dataDir: string, name: string, make: () => string): string => {
  const path = join(dataDir, name)
  const existing = contentOf(path)
  if (existing !== undefined) return existing
  mkdirSync(dataDir, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, make(), { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8')
}

/** Makes a database file for its owner alone before SQLite would make it for everybody; its side files follow it. */
export const makePrivateFile = (file: string): void => {
  if (file === ':memory:') return
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', 0o600))
}

const SECRET_BYTES = 32

/** 256 random bits that stay the same over restarts, for signing what only this shop reads. */
export const loadSecret = (dataDir: string, name: string): Uint8Array => {
  const secret = Buffer.from(
    keptFile(dataDir, name, () => randomBytes(SECRET_BYTES).toString('base64')),
    'base64',
  )
  if (secret.length !== SECRET_BYTES) throw new Error(`${name} does not hold ${SECRET_BYTES} bytes in base64`)
  return secret
}

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
