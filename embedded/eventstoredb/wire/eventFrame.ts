import type { ProposedEvent } from '../store/facts.ts'

/** Everything a record says about its event beyond what the writer proposed. */
export type Placement = {
  readonly stream: string
  readonly revision: number | bigint
  readonly position: number
  readonly createdMs: number
}

const TYPE = 'type'
const CREATED = 'created'
const CONTENT_TYPE = 'content-type'
const UUID_BYTES = 36

const varintLength = (value: number | bigint): number => {
  if (typeof value === 'bigint') return Math.max(1, Math.ceil(value.toString(2).length / 7))
  let length = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length += 1
  return length
}

/** A field with a length before it, tag and all. */
const fieldLength = (length: number): number => 1 + varintLength(length) + length
const numberLength = (value: number | bigint): number => 1 + varintLength(value)
const entryLength = (key: string, valueLength: number): number =>
  fieldLength(fieldLength(key.length) + fieldLength(valueLength))

/** Created times travel as .NET ticks of 100 ns since 1970. */
const ticksOf = (createdMs: number): string => (createdMs === 0 ? '0' : `${createdMs}0000`)

/** Writes into one buffer of known length. Tags are `(field << 3) | wire type`: 2 has a length before it, 0 is a varint. */
const writerOver = (bytes: Buffer) => {
  let at = 0
  const varint = (value: number | bigint): void => {
    if (typeof value === 'bigint') {
      let rest = value
      for (; rest > 127n; rest >>= 7n) bytes[at++] = Number(rest & 127n) | 128
      bytes[at++] = Number(rest)
      return
    }
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
    bytes[at++] = rest
  }
  const open = (field: number, length: number): void => {
    bytes[at++] = (field << 3) | 2
    varint(length)
  }
  const text = (field: number, value: string, length: number): void => {
    open(field, length)
    at += bytes.write(value, at, length, 'utf8')
  }
  return {
    open,
    text,
    numeric: (field: number, value: number | bigint): void => {
      bytes[at++] = field << 3
      varint(value)
    },
    raw: (field: number, value: Uint8Array): void => {
      open(field, value.length)
      bytes.set(value, at)
      at += value.length
    },
    entry: (field: number, key: string, value: string, length: number): void => {
      open(field, fieldLength(key.length) + fieldLength(length))
      text(1, key, key.length)
      text(2, value, length)
    },
  }
}

/**
 * Encodes the whole `ReadResp` that answers a read of one event without links. It is what the log stores:
 * a read then costs no encoding at all. Field numbers are those of `streams.proto` (`ReadResp.ReadEvent`). Lengths are
 * reckoned first and everything is written once, because each append passes through here.
 */
export const encodeEventFrame = (event: ProposedEvent, at: Placement): Buffer => {
  const { stream, revision, position } = at
  const { type, contentType, customMetadata, data } = event
  const created = ticksOf(at.createdMs)
  const streamLength = Buffer.byteLength(stream)
  const typeLength = Buffer.byteLength(type)
  const contentTypeLength = Buffer.byteLength(contentType)
  const recordLength =
    fieldLength(fieldLength(UUID_BYTES)) +
    fieldLength(fieldLength(streamLength)) +
    numberLength(revision) +
    2 * numberLength(position) +
    entryLength(TYPE, typeLength) +
    entryLength(CREATED, created.length) +
    entryLength(CONTENT_TYPE, contentTypeLength) +
    fieldLength(customMetadata.length) +
    fieldLength(data.length)
  const readEventLength = fieldLength(recordLength) + numberLength(position)
  const frame = Buffer.allocUnsafe(fieldLength(readEventLength))
  const { open, text, numeric, raw, entry } = writerOver(frame)
  open(1, readEventLength)
  open(1, recordLength)
  open(1, fieldLength(UUID_BYTES))
  text(2, event.id, UUID_BYTES)
  open(2, fieldLength(streamLength))
  text(3, stream, streamLength)
  numeric(3, revision)
  numeric(4, position)
  numeric(5, position)
  entry(6, TYPE, type, typeLength)
  entry(6, CREATED, created, created.length)
  entry(6, CONTENT_TYPE, contentType, contentTypeLength)
  raw(7, customMetadata)
  raw(8, data)
  numeric(3, position)
  return frame
}
