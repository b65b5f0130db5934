import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite'
import { downloadBackup } from '#embedded/eventstoredb/backup.ts'
import { bucketOf, ConfigurationError, readConfig } from '#platform/config/config.ts'
import { isNameOfOurs } from '#platform/images/port.ts'
import { reachEventStore } from '../reach-event-store.ts'
import { IMAGES, ISSUER, KEYRING, LOG, pack, type Manifest, type Part } from './archive.ts'

export interface BackupOptions {
  readonly file: string
  /** For a cluster, which is backed up by its own means; its keyring, and the pictures, are still ours to keep. */
  readonly keyringOnly: boolean
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Writes a backup of the embedded node's log, of the keyring and of the pictures into one file, while the shop runs or at
 * rest. The log is copied first: a key is made, and a picture kept, before the event that needs it, so what is copied after
 * the log is enough for it. The master key is
 * never in a backup, because whoever has both can read everything; nor are pictures that lie in a bucket. The file appears only when it is whole.
 * @throws ConfigurationError when there is nothing to back up, or the file exists already.
 */
export const runBackup = async (options: BackupOptions): Promise<Manifest> => {
  const config = readConfig(options.environment)
  const { KESSAI_DATA } = config
  const file = resolve(options.file)
  if (existsSync(file)) throw new ConfigurationError(`${file} exists already; a backup never replaces one`)
  const folder = await mkdtemp(join(dirname(file), '.kessai-backup-'))
  try {
    const log = options.keyringOnly ? undefined : await copyLog(join(folder, LOG), options)
    const names: Part[] = log === undefined ? [] : [LOG]
    if (await copyKeyring(join(KESSAI_DATA, KEYRING), join(folder, KEYRING))) names.push(KEYRING)
    if (names.length === 0) throw new ConfigurationError(`There is no keyring in ${KESSAI_DATA}`)
    if (existsSync(join(KESSAI_DATA, ISSUER))) {
      await copyFile(join(KESSAI_DATA, ISSUER), join(folder, ISSUER))
      names.push(ISSUER)
    }
    // What a folder still holds beside a bucket is no longer what the shop shows.
    const images =
      bucketOf(config) === undefined ? await copyImages(join(KESSAI_DATA, IMAGES), join(folder, IMAGES)) : []
    const packed = join(folder, 'packed')
    const manifest = await pack(folder, packed, { madeAt: new Date().toISOString(), ...log }, names, images)
    await flush(packed)
    await rename(packed, file)
    await flush(dirname(file))
    return manifest
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const copyLog = async (
  to: string,
  { environment, signal }: BackupOptions,
): Promise<Pick<Manifest, 'events' | 'headPosition'>> => {
  const store = await reachEventStore(environment)
  try {
    const { events, headPosition } = await downloadBackup({ connectionString: store.url, file: to, signal })
    return { events, headPosition }
  } finally {
    await store.close()
  }
}

/** A copy of the keyring as it is at one moment, also while others write to it. False if there is none. */
const copyKeyring = async (from: string, to: string): Promise<boolean> => {
  if (!existsSync(from)) return false
  const keyring = new DatabaseSync(from, { readOnly: true, timeout: 5_000 })
  try {
    await copyDatabase(keyring, to)
  } finally {
    keyring.close()
  }
  return true
}

/** Copies what was uploaded, and answers the names of the files; what is just being written has none of ours yet. */
const copyImages = async (from: string, to: string): Promise<readonly string[]> => {
  if (!existsSync(from)) return []
  await mkdir(to)
  const names = (await readdir(from)).filter(isNameOfOurs)
  const copied: string[] = []
  for (const name of names)
    try {
      await copyFile(join(from, name), join(to, name))
      copied.push(name)
    } catch (error) {
      // Replaced long ago, and removed since the folder was read.
      if (existsSync(join(from, name))) throw error
    }
  return copied.toSorted()
}

/** A file, or the entry of one in its directory, is kept only once it was flushed. */
const flush = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
