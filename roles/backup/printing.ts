import { bucketOf, readConfig } from '#platform/config/config.ts'
import { contentTypeOf } from '#platform/images/port.ts'
import type { Manifest } from './archive.ts'
import { runBackup } from './backup.ts'
import { runRestore } from './restore.ts'

const summary = ({ events, parts, images }: Manifest): string => {
  const log = events === undefined ? 'no log' : `${events.toLocaleString('en')} events`
  const keyring = parts['keyring.db'] === undefined ? 'no keyring (there is none yet)' : 'the keyring'
  const pictures = Object.keys(images ?? {}).filter((name) => contentTypeOf(name) !== undefined).length
  return pictures === 0
    ? `${log} and ${keyring}`
    : `${log}, ${keyring} and ${pictures.toLocaleString('en')} files of pictures`
}

const MASTER_KEY =
  'The master key (KESSAI_MASTER_KEY, or master.key in KESSAI_DATA) is not part of a backup: keep it apart.'

/** Said after every backup and restore of a shop whose pictures lie in a bucket, because the file then has none of them. */
export const aboutBucket = (environment: NodeJS.ProcessEnv): string => {
  const bucket = bucketOf(readConfig(environment))
  return bucket === undefined
    ? ''
    : `\nPictures lie in the bucket ${bucket.bucket}, which is not part of a backup: it is backed up by its own means.`
}

/** `eventstore backup`, for a person. An interrupt leaves nothing behind. */
export const printBackup = async (
  file: string,
  keyringOnly: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<void> => {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  const manifest = await runBackup({ file, keyringOnly, environment, signal: interrupted.signal })
  console.log(`${file}: ${summary(manifest)}\n${MASTER_KEY}${aboutBucket(environment)}`)
}

/** `eventstore restore`, for a person. */
export const printRestore = async (
  file: string,
  forgottenMayReturn: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<void> => {
  const manifest = await runRestore(file, environment, { forgottenMayReturn })
  console.log(`Restored ${summary(manifest)} of ${manifest.madeAt}\n${MASTER_KEY}${aboutBucket(environment)}`)
}
