import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { ExpectedRevision, ProposedEvent } from '../store/facts.ts'
import { TOMBSTONE } from '../store/facts.ts'
import type { Direction } from '../store/pages.ts'
import { streams } from './generated.ts'
import type { Refusal } from './refusals.ts'

const { ReadDirection } = streams.ReadReq.Options

/** A request that makes no sense; its message is for the caller. */
export const invalid = (reason: string): Refusal => ({ kind: 'invalid', reason })

/** Where a read begins. For a subscription a number is the last thing already seen. */
type From = 'start' | 'end' | number

/** Which events of `$all` a reader wants, and how often it hears how far the log was considered. */
export type FilterPlan = {
  readonly on: 'stream-name' | 'event-type'
  readonly prefixes: readonly string[]
  readonly regex: string
  readonly checkpointEvery: number
}

/** What a call of Read asks for. */
export type ReadPlan = {
  /** Undefined for `$all`. */
  readonly stream: string | undefined
  readonly from: From
  readonly direction: Direction
  /** Undefined for a subscription. */
  readonly count: number | undefined
  readonly resolveLinks: boolean
  readonly structuredIds: boolean
  readonly filter: FilterPlan | undefined
}

/** Events considered per multiplier step when the client names no search window. */
const DEFAULT_WINDOW = 32

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Revisions and positions travel as unsigned 64-bit decimals. What is larger than a safe integer is larger
 * than anything stored here, so the largest one below a tombstone means the same.
 */
export const toSafeNumber = (decimal: string): number => {
  const value = Number(decimal)
  return Number.isSafeInteger(value) && value < TOMBSTONE ? value : TOMBSTONE - 1
}

export const streamNameOf = (identifier: StreamIdentifier | undefined): string =>
  identifier === undefined ? '' : Buffer.from(identifier.getStreamName_asU8()).toString('utf8')

/** The id as a lower-case UUID, or undefined if it is none. */
export const eventIdOf = (uuid: UUID | undefined): string | undefined => {
  const structured = uuid?.getStructured()
  if (structured === undefined) {
    const text = uuid?.getString().toLowerCase() ?? ''
    return UUID_PATTERN.test(text) ? text : undefined
  }
  const bytes = Buffer.alloc(16)
  bytes.writeBigInt64BE(BigInt(structured.getMostSignificantBits()), 0)
  bytes.writeBigInt64BE(BigInt(structured.getLeastSignificantBits()), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** What the proposals of Append and BatchAppend have in common. */
export type Proposal = {
  getId(): UUID | undefined
  getMetadataMap(): { get(key: string): string | undefined }
  getData_asU8(): Uint8Array
  getCustomMetadata_asU8(): Uint8Array
}

/** Reads one proposed event, or says why it cannot be written. */
export const proposedEventOf = (proposal: Proposal): ProposedEvent | Refusal => {
  const metadata = proposal.getMetadataMap()
  const type = metadata.get('type')
  const contentType = metadata.get('content-type')
  if (type === undefined || contentType === undefined) {
    return {
      kind: 'incomplete-event',
      missing: ['type', 'content-type'].filter((key) => metadata.get(key) === undefined),
    }
  }
  const id = eventIdOf(proposal.getId())
  if (id === undefined) return invalid('the id of an event must be a UUID')
  return {
    id,
    type,
    contentType,
    data: proposal.getData_asU8(),
    customMetadata: proposal.getCustomMetadata_asU8(),
  }
}

/** How much of the append limit an event uses. */
export const appendBytesOf = (event: ProposedEvent): number =>
  event.data.length + event.customMetadata.length + 2 * event.type.length

/** What the options of Append, Delete and Tombstone have in common. */
type Expectation = {
  hasNoStream(): boolean
  hasStreamExists(): boolean
  hasRevision(): boolean
  getRevision(): string
}

export const expectedRevisionOf = (options: Expectation): ExpectedRevision => {
  if (options.hasRevision()) return toSafeNumber(options.getRevision())
  if (options.hasNoStream()) return 'no-stream'
  return options.hasStreamExists() ? 'stream-exists' : 'any'
}

const filterOf = (options: ReadReq.Options): FilterPlan | undefined => {
  const filter = options.getFilter()
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType()
  if (filter === undefined || expression === undefined) return undefined
  const window = filter.hasMax() ? Math.max(1, filter.getMax()) : DEFAULT_WINDOW
  return {
    on: filter.hasStreamIdentifier() ? 'stream-name' : 'event-type',
    prefixes: expression.getPrefixList(),
    regex: expression.getRegex(),
    checkpointEvery: Math.max(1, filter.getCheckpointintervalmultiplier()) * window,
  }
}

const fromOf = (options: ReadReq.Options): From => {
  const stream = options.getStream()
  if (stream !== undefined) {
    if (stream.hasRevision()) return toSafeNumber(stream.getRevision())
    return stream.hasEnd() ? 'end' : 'start'
  }
  const all = options.getAll()
  const position = all?.getPosition()
  if (position !== undefined) return toSafeNumber(position.getCommitPosition())
  return all?.hasEnd() === true ? 'end' : 'start'
}

/** Reads the options of a call of Read, or says what is wrong with them. */
export const readPlanOf = (
  request: ReadReq,
): ReadPlan | { readonly kind: 'invalid'; readonly reason: string } => {
  const options = request.getOptions()
  if (options === undefined || !(options.hasStream() || options.hasAll())) {
    return { kind: 'invalid', reason: 'a read needs a stream or $all' }
  }
  const stream = options.hasStream() ? streamNameOf(options.getStream()?.getStreamIdentifier()) : undefined
  if (stream === '') return { kind: 'invalid', reason: 'a stream needs a name' }
  return {
    stream,
    from: fromOf(options),
    direction: options.getReadDirection() === ReadDirection.FORWARDS ? 'forwards' : 'backwards',
    count: options.hasSubscription() ? undefined : toSafeNumber(options.getCount()),
    resolveLinks: options.getResolveLinks(),
    structuredIds: options.getUuidOption()?.hasStructured() === true,
    filter: options.hasAll() ? filterOf(options) : undefined,
  }
}
