import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectLog } from '#embedded/eventstoredb/backup.ts'
import { ConfigurationError, readConfig } from '#platform/config/config.ts'
import { IMAGES, ISSUER, KEYRING, LOG, unpack, type Manifest } from './archive.ts'

/**
 * What follows from the log, or holds it. Read models and sessions that have seen more than the restored log would
 * never take notice of what comes again at the same places.
 */
const STALE = [LOG, KEYRING, ISSUER, IMAGES, 'read-models.db', 'read-models.copies', 'sessions.db'] as const

/** A keyring that is older may hold the keys of people who asked to be forgotten, and were told that it is done. */
const KEYRING_EXPIRES_AFTER_DAYS = 30
const DAY_MS = 24 * 60 * 60_000

export interface RestoreOptions {
  readonly nowMs?: () => number
  /** Takes a keyring also when it is older than one may be kept. */
  readonly forgottenMayReturn?: boolean
}

/**
 * Puts a backup into `KESSAI_DATA`, where the next start finds it and builds the read models anew. Nothing is replaced:
 * a directory that has a log, a keyring, pictures, read models or sessions is refused, and so is a backup that is not whole,
 * and a keyring of more than 30 days ago unless it is said that whom it remembers may return. The log
 * comes last, so that a restore that was cut short is seen as one.
 * @throws ConfigurationError
 * @throws NoBackup
 */
export const runRestore = async (
  file: string,
  environment: NodeJS.ProcessEnv,
  { nowMs = Date.now, forgottenMayReturn = false }: RestoreOptions = {},
): Promise<Manifest> => {
  const { KESSAI_DATA: dataDir } = readConfig(environment)
  const inTheWay = STALE.filter((name) => existsSync(join(dataDir, name)))
  if (inTheWay.length > 0)
    throw new ConfigurationError(
      `${dataDir} already holds ${inTheWay.join(', ')}. Stop the shop and move these away, or name another KESSAI_DATA`,
    )
  await mkdir(dataDir, { recursive: true })
  const folder = await mkdtemp(join(dataDir, '.restoring-'))
  try {
    const manifest = await unpack(file, folder)
    const ageDays = Math.floor((nowMs() - Date.parse(manifest.madeAt)) / DAY_MS)
    if (manifest.parts[KEYRING] !== undefined && ageDays > KEYRING_EXPIRES_AFTER_DAYS && !forgottenMayReturn)
      throw new ConfigurationError(
        `The keyring in ${file} is ${ageDays} days old, and none may be kept for longer than ${KEYRING_EXPIRES_AFTER_DAYS}: people who asked to be forgotten since could be read again. If there is no other backup and you know whom to forget again, say --forgotten-may-return`,
      )
    if (manifest.parts[LOG] !== undefined) {
      const { events } = inspectLog(join(folder, LOG))
      if (events !== manifest.events)
        throw new ConfigurationError(`${file} holds ${events} events and says it holds ${manifest.events}`)
    }
    if (manifest.images !== undefined) await rename(join(folder, IMAGES), join(dataDir, IMAGES))
    for (const name of [ISSUER, KEYRING, LOG] as const)
      if (manifest.parts[name] !== undefined) await rename(join(folder, name), join(dataDir, name))
    return manifest
  } finally {
    // Of a torn file something may still be on its way into the folder; that must not hide what is wrong with the file.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
