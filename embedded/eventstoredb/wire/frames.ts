import { shared, streams } from './generated.ts'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

/** Reads the varint at `offset`; the answer is the value and the offset behind it. */
const readVarint = (bytes: Uint8Array, offset: number): { value: number; next: number } => {
  let value = 0
  let scale = 1
  for (let next = offset; next < bytes.length; next += 1) {
    const byte = bytes[next] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) return { value, next: next + 1 }
    scale *= 128
  }
  throw new Error('a stored record ends inside a varint')
}

/** Tags of length-delimited (`…2`) and varint (`…0`) fields, as `(field << 3) | wire type`. */
const delimited = (field: number, ...parts: Uint8Array[]): Buffer => {
  let length = 0
  for (const part of parts) length += part.length
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(length), ...parts])
}
const numeric = (field: number, value: number): Buffer =>
  Buffer.concat([Buffer.from([field << 3]), varint(value)])

/** The `RecordedEvent` bytes inside a stored frame: `ReadResp.event` opens it, `ReadEvent.event` follows. */
const recordOf = (frame: Uint8Array): Uint8Array => {
  const outer = readVarint(frame, 1)
  const inner = readVarint(frame, outer.next + 1)
  return frame.subarray(inner.next, inner.next + inner.value)
}

/**
 * The frame for a link: the event it points to (none if that is gone), the link itself, and the link's own
 * position, by which a reader goes on.
 */
export const encodeLinkFrame = (link: Uint8Array, target: Uint8Array | undefined, position: number): Buffer =>
  delimited(
    1,
    ...(target === undefined ? [] : [delimited(1, recordOf(target))]),
    delimited(2, recordOf(link)),
    numeric(3, position),
  )

/** The payload of a stored event, for the few places that must look inside (links and stream metadata). */
export const dataOf = (frame: Uint8Array): Uint8Array =>
  streams.ReadResp.deserializeBinary(frame).getEvent()?.getEvent()?.getData_asU8() ?? new Uint8Array()

/** Rewrites the ids of a frame as pairs of 64-bit numbers, for clients that ask for structured UUIDs. */
export const withStructuredIds = (frame: Uint8Array): Buffer => {
  const response = streams.ReadResp.deserializeBinary(frame)
  for (const record of [response.getEvent()?.getEvent(), response.getEvent()?.getLink()]) {
    if (record === undefined) continue
    const bytes = Buffer.from((record.getId()?.getString() ?? '').replaceAll('-', ''), 'hex')
    const structured = new shared.UUID.Structured()
    structured.setMostSignificantBits(bytes.readBigInt64BE(0).toString())
    structured.setLeastSignificantBits(bytes.readBigInt64BE(8).toString())
    const uuid = new shared.UUID()
    uuid.setStructured(structured)
    record.setId(uuid)
  }
  return Buffer.from(response.serializeBinary())
}

const encode = (fill: (response: InstanceType<typeof streams.ReadResp>) => void): Buffer => {
  const response = new streams.ReadResp()
  fill(response)
  return Buffer.from(response.serializeBinary())
}

/** The first message of every subscription. */
export const encodeConfirmation = (subscriptionId: string): Buffer =>
  encode((response) => {
    const confirmation = new streams.ReadResp.SubscriptionConfirmation()
    confirmation.setSubscriptionId(subscriptionId)
    response.setConfirmation(confirmation)
  })

/** Tells a filtered subscriber how far the log was considered, matches or not. */
export const encodeCheckpoint = (position: number): Buffer =>
  encode((response) => {
    const checkpoint = new streams.ReadResp.Checkpoint()
    checkpoint.setCommitPosition(String(position))
    checkpoint.setPreparePosition(String(position))
    response.setCheckpoint(checkpoint)
  })

/** Tells a subscriber that it has seen everything that was there. */
export const CAUGHT_UP = encode((response) => response.setCaughtUp(new streams.ReadResp.CaughtUp()))

/** Tells a subscriber that it is reading from disk again. */
export const FELL_BEHIND = encode((response) => response.setFellBehind(new streams.ReadResp.FellBehind()))

/** A message, not an error: the client turns it into its `StreamNotFoundError`. */
export const encodeStreamNotFound = (stream: string): Buffer =>
  encode((response) => {
    const identifier = new shared.StreamIdentifier()
    identifier.setStreamName(Buffer.from(stream, 'utf8'))
    const notFound = new streams.ReadResp.StreamNotFound()
    notFound.setStreamIdentifier(identifier)
    response.setStreamNotFound(notFound)
  })
