import type { Clock } from '../clock/clock.ts'
import type { ImageStore, ImageTrouble } from './port.ts'

/** The place of pictures as one part of a readiness report. */
export interface ImageCondition {
  readonly name: 'pictures'
  readonly ok: boolean
  readonly detail?: string
}

/** Whoever asks for readiness could otherwise have us ask a bucket that is paid by the request. */
const LOOK_AGAIN_AFTER_MS = 10_000
/** A folder on a server that went away keeps a question for ever. */
const PATIENCE_MS = 1_500

/**
 * Tells how the place of pictures is, and looks there once in ten seconds at most, however often it is asked.
 *
 * It is not `ok` only while the place is wrong and has never been right in this process: so a rollout with wrong settings
 * stops. Later troubles are told and no more, because every instance sees the same, and a shop taken out of rotation
 * would sell nothing for want of pictures.
 */
export const watchImages = ({
  images,
  clock,
  onChange,
}: {
  readonly images: Pick<ImageStore, 'check'>
  readonly clock: Clock
  /** Called when there is a trouble, another one, or none any more. */
  readonly onChange?: (trouble: ImageTrouble | undefined) => void
}): (() => Promise<ImageCondition>) => {
  let looking: Promise<ImageTrouble | undefined> | undefined
  let lookedAtMs = 0
  let wasRight = false
  let last: ImageTrouble | undefined

  const look = async (): Promise<ImageTrouble | undefined> => {
    const patience = new AbortController()
    const trouble = await Promise.race([
      images.check(),
      clock.sleep(PATIENCE_MS, patience.signal).then((): ImageTrouble => SILENT),
    ])
    patience.abort()
    wasRight ||= trouble === undefined
    if (trouble?.sentence !== last?.sentence) onChange?.(trouble)
    last = trouble
    return trouble
  }

  return async () => {
    if (looking === undefined || clock.nowMs() - lookedAtMs >= LOOK_AGAIN_AFTER_MS) {
      lookedAtMs = clock.nowMs()
      looking = look()
    }
    const trouble = await looking
    if (trouble === undefined) return { name: 'pictures', ok: true }
    return { name: 'pictures', ok: wasRight || trouble.kind === 'away', detail: trouble.sentence }
  }
}

const SILENT: ImageTrouble = { kind: 'away', sentence: 'The place of pictures does not answer' }
