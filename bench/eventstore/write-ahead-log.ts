import { existsSync, readFileSync } from 'node:fs'

/** The transactions in SQLite's write-ahead log since it last began from its start. */
export interface WrittenAhead {
  /** Changes whenever the log begins from its start again; counts of two generations cannot be compared. */
  readonly generation: string
  readonly commits: number
}

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/**
 * Counts the commits in a write-ahead log: the last frame of every transaction carries the size of the database, all
 * others carry 0, and frames of an earlier generation have another salt (https://www.sqlite.org/fileformat2.html, 4.1
 * and 4.2). Under `synchronous=FULL` each of them is one flush of the disk. Undefined where there is no such log.
 */
export const writtenAhead = (walFile: string): WrittenAhead | undefined => {
  if (!existsSync(walFile)) return undefined
  const bytes = readFileSync(walFile)
  if (bytes.length < HEADER_BYTES) return undefined
  const frameBytes = FRAME_HEADER_BYTES + bytes.readUInt32BE(8)
  const salt = bytes.subarray(16, 24)
  let commits = 0
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!bytes.subarray(at + 8, at + 16).equals(salt)) break
    if (bytes.readUInt32BE(at + 4) !== 0) commits += 1
  }
  return { generation: salt.toString('hex'), commits }
}
