/** The kinds of pictures a shop takes: what every browser shows and no script can hide in. */
export type PictureKind = 'jpeg' | 'png' | 'webp'

const JPEG = [0xff, 0xd8, 0xff]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const RIFF = [0x52, 0x49, 0x46, 0x46]
const WEBP = [0x57, 0x45, 0x42, 0x50]
/** In a RIFF file, after its mark and its length of four bytes each. */
const FORM_OFFSET = 8

/**
 * What the first bytes say a file is (the signatures of ISO/IEC 10918-1, PNG and the WebP container). Its name, and what
 * an uploader says of it, are worth nothing. Undefined for everything else, SVG among it.
 */
export const pictureKindOf = (bytes: Uint8Array): PictureKind | undefined => {
  if (hasAt(bytes, 0, JPEG)) return 'jpeg'
  if (hasAt(bytes, 0, PNG)) return 'png'
  return hasAt(bytes, 0, RIFF) && hasAt(bytes, FORM_OFFSET, WEBP) ? 'webp' : undefined
}

const hasAt = (bytes: Uint8Array, offset: number, mark: readonly number[]): boolean =>
  mark.every((value, index) => bytes[offset + index] === value)
