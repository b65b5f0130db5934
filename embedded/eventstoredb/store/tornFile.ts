import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { pragma } from './pragma.ts'

/** The file format of a write-ahead log: its header, and the header of each frame before the page itself. */
const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** Where two random numbers say which frames belong to this header, and which are from an earlier use. */
const WAL_SALT_OFFSET = 16
const FRAME_SALT_OFFSET = 8
const SALT_BYTES = 8

/** The numbers of the pages that lie in the write-ahead log. */
const pagesInWal = (walFile: string, pageBytes: number): ReadonlySet<number> => {
  const pages = new Set<number>()
  const walBytes = statSync(walFile, { throwIfNoEntry: false })?.size ?? 0
  if (walBytes <= WAL_HEADER_BYTES) return pages
  const handle = openSync(walFile, 'r')
  try {
    const salt = Buffer.alloc(SALT_BYTES)
    readSync(handle, salt, 0, SALT_BYTES, WAL_SALT_OFFSET)
    const frame = Buffer.alloc(FRAME_HEADER_BYTES)
    const frameBytes = FRAME_HEADER_BYTES + pageBytes
    for (let at = WAL_HEADER_BYTES; at + frameBytes <= walBytes; at += frameBytes) {
      readSync(handle, frame, 0, FRAME_HEADER_BYTES, at)
      if (!frame.subarray(FRAME_SALT_OFFSET, FRAME_SALT_OFFSET + SALT_BYTES).equals(salt)) break
      pages.add(frame.readUInt32BE(0))
    }
  } finally {
    closeSync(handle)
  }
  return pages
}

/**
 * Refuses a file that lost its end (a half-finished copy, a full disk): every page the database counts must lie in
 * the file or in the write-ahead log. SQLite itself would fill the hole with zeros when it empties that log, so
 * this must run before anything is written. The main file is not opened here, only asked for its size: closing
 * it would let go of SQLite's lock on it.
 */
export const refuseTornFile = (db: DatabaseSync, file: string): void => {
  const pageBytes = pragma(db, 'page_size')
  const pages = pragma(db, 'page_count')
  const fileBytes = statSync(file).size
  const pagesInFile = Math.floor(fileBytes / pageBytes)
  if (pagesInFile >= pages) return
  const elsewhere = pagesInWal(`${file}-wal`, pageBytes)
  for (let page = pagesInFile + 1; page <= pages; page += 1) {
    if (elsewhere.has(page)) continue
    const expectedBytes = pages * pageBytes
    throw new Error(`${file} is torn: it has ${fileBytes} bytes of ${expectedBytes}; restore it from a copy`)
  }
}
