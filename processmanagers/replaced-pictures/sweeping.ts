import type { EventStore, Position } from '#platform/eventstore/port.ts'
import type { ImageStore } from '#platform/images/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { picturesNamed, type ReplacedFile } from './pictures-named.ts'

export interface SweepOptions {
  readonly eventStore: Pick<EventStore, 'subscribe'>
  readonly images: Pick<ImageStore, 'get' | 'put' | 'remove'>
  /** Remembers how far sweeps have come; where it was dropped, the next one looks at everything again. */
  readonly readStore: Pick<ReadStore, 'checkpoint' | 'commit'>
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** Long after the last page, mail or cache that still named the picture. */
export const REPLACED_KEPT_FOR_MS = 30 * 24 * 60 * 60 * 1_000

export const SWEPT = 'replaced-pictures'

/** Replacements, of two files each, that are in memory at once. */
const AT_ONCE = 4

/**
 * Removes the files of pictures that every product has been shown without for a month. What is named is asked of the log
 * itself, never of a read model, which may just be built anew and know of nothing. Harmless to repeat, to be killed in,
 * and to run in several processes at once. Resolves with how many files it removed.
 *
 * Somebody may show a product by such a picture again in the very moment it goes. So the log is asked once more behind
 * the removal, and the file put back; and who attaches a picture looks for its files behind that. Whichever comes last
 * sees the other.
 * @throws UndecodableEvent, ImagesUnavailable, ReadStoreUnavailable; or when the signal ends it.
 */
export const sweepReplacedPictures = async (options: SweepOptions): Promise<number> => {
  const { eventStore, images, readStore, nowMs, signal } = options
  const pictures = picturesNamed()
  let after: Position | undefined

  const follow = async (): Promise<void> => {
    const batches = eventStore.subscribe({
      name: SWEPT,
      prefixes: ['ProductImageAttached'],
      by: 'type',
      after: after ?? 'start',
      signal,
    })
    for await (const { events, position, caughtUp } of batches) {
      for (const event of events) pictures.take(event)
      after = position ?? after
      if (caughtUp) return
    }
    throw new Error('The log was not read to its end')
  }

  const removeThoseOf = async (files: readonly ReplacedFile[]): Promise<number> => {
    const removed = new Map<string, Uint8Array>()
    const putBack = async (isWanted: (name: string) => boolean): Promise<void> => {
      for (const [name, bytes] of removed)
        if (isWanted(name)) {
          await images.put(name, bytes)
          removed.delete(name)
        }
    }
    try {
      for (const { name } of files) {
        const bytes = pictures.isNamed(name) ? undefined : await images.get(name)
        if (bytes === undefined) continue
        removed.set(name, bytes)
        await images.remove(name)
      }
      await follow()
    } catch (error) {
      // Whether they are wanted is not known now; the next sweep removes them again.
      await putBack(() => true).catch(() => {})
      throw error
    }
    await putBack(pictures.isNamed)
    return removed.size
  }

  await follow()
  const sweptUpTo = (await readStore.checkpoint(SWEPT)) ?? -1
  const due = pictures
    .replaced()
    .filter(({ position, atMs }) => position > sweptUpTo && atMs <= nowMs - REPLACED_KEPT_FOR_MS)
  const replacements = [...Map.groupBy(due, ({ position }) => position)]
  let count = 0
  for (let from = 0; from < replacements.length; from += AT_ONCE) {
    const portion = replacements.slice(from, from + AT_ONCE)
    await follow()
    count += await removeThoseOf(portion.flatMap(([, files]) => files))
    const last = portion.at(-1)
    if (last !== undefined)
      await readStore.commit({ writes: [], checkpoint: { name: SWEPT, position: last[0] } })
  }
  return count
}
