/**
 * Where pictures lie: a folder by default, a bucket where several machines serve the shop. What a product shows is a fact
 * in the log; this holds the bytes those facts name.
 */
export interface ImageStore {
  /**
   * Keeps the bytes under this name, in place of what was there; nobody ever reads half of them. Harmless to repeat.
   * @throws ImagesUnavailable when it could not be kept.
   * @throws RangeError on a name that is none of ours.
   */
  readonly put: (name: string, bytes: Uint8Array) => Promise<void>
  /**
   * Undefined when nothing has this name.
   * @throws ImagesUnavailable, RangeError: as above.
   */
  readonly get: (name: string) => Promise<Uint8Array | undefined>
  /** Whether something has this name, without reading it. @throws ImagesUnavailable, RangeError: as above. */
  readonly has: (name: string) => Promise<boolean>
  /** Nothing has this name afterwards; harmless where nothing had. @throws ImagesUnavailable, RangeError: as above. */
  readonly remove: (name: string) => Promise<void>
  /** What is wrong with the place itself; undefined when nothing is. Never rejects, asks once, and is soon over. */
  readonly check: () => Promise<ImageTrouble | undefined>
}

/**
 * Why pictures can be neither kept nor read.
 * - `wrong`: the place answered, and will go on saying so until a person changes something.
 * - `away`: it did not answer, or not as it should; that may pass by itself.
 */
export interface ImageTrouble {
  readonly kind: 'wrong' | 'away'
  /** For whoever runs the shop; it names settings, and no address or credential, because anybody may read it. */
  readonly sentence: string
}

/** The folder or bucket does not answer as it should; nothing is known of what was asked for. */
export class ImagesUnavailable extends Error {
  override readonly name = 'ImagesUnavailable'
}

/** Pictures are named after what is in them, and the notes of what was uploaded under which name after that name. */
const FILE_NAME = /^[0-9a-f]{64}\.(jpg|png|webp)$/
const NOTE_NAME = /^upload-[0-9a-f]{64}\.json$/

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
}

/** What a picture of this name is served as; undefined for what is no picture, and so is never served. */
export const contentTypeOf = (name: string): string | undefined => {
  const kind = FILE_NAME.exec(name)?.[1]
  return kind === undefined ? undefined : CONTENT_TYPES[kind]
}

/** Whether something of this name is kept here at all: a picture, or a note of an upload. */
export const isNameOfOurs = (name: string): boolean => FILE_NAME.test(name) || NOTE_NAME.test(name)

/** Names come from addresses too: one that could lead out of the folder stops here. */
export const refuseForeignName = (name: string): void => {
  if (!isNameOfOurs(name)) throw new RangeError('This is no name of a picture')
}
