import { product } from '#domain/catalogue/aggregate.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { Position, RecordedEvent } from '#platform/eventstore/port.ts'

/** A file that no product is shown by any more. */
export interface ReplacedFile {
  readonly name: string
  /** Of the event since which nobody names it. */
  readonly position: Position
  readonly atMs: number
}

/**
 * Which files the products are shown by. Files are named after what is in them, so two products may well share one; what
 * counts is the file, not the picture.
 */
export interface PicturesNamed {
  /** Events are taken in the order of the log. @throws UndecodableEvent: then nothing is known of what is named. */
  readonly take: (event: RecordedEvent) => void
  readonly isNamed: (name: string) => boolean
  /** In the order of the log. */
  readonly replaced: () => readonly ReplacedFile[]
}

export const picturesNamed = (): PicturesNamed => {
  const shownBy = new Map<string, readonly string[]>()
  const uses = new Map<string, number>()
  const replaced = new Map<string, ReplacedFile>()

  const use = (name: string, change: 1 | -1): number => {
    const count = (uses.get(name) ?? 0) + change
    uses.set(name, count)
    return count
  }

  return {
    take: (recorded) => {
      const event = decodeRecorded(product.codec, recorded)
      if (event.type !== 'ProductImageAttached') return
      const { original, thumbnail } = event.data.picture
      const before = shownBy.get(recorded.stream) ?? []
      const now = [original.name, thumbnail.name]
      shownBy.set(recorded.stream, now)
      for (const name of now) {
        use(name, 1)
        replaced.delete(name)
      }
      const { position, createdAtMs: atMs } = recorded
      for (const name of before) if (use(name, -1) === 0) replaced.set(name, { name, position, atMs })
    },
    isNamed: (name) => (uses.get(name) ?? 0) > 0,
    replaced: () => [...replaced.values()],
  }
}
