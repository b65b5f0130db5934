import type { Code } from '@eventstore/db-client/generated/code_pb.js'
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { AppendResp, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { ExpectedRevision } from '../store/facts.ts'
import { NO_EVENTS } from '../store/facts.ts'
import type { WriteOutcome } from '../store/writer.ts'
import { Any, Empty, rpcCode, rpcStatus, shared, streams } from './generated.ts'
import type { Refusal } from './refusals.ts'
import { MAX_APPEND_BYTES } from './refusals.ts'

type Written = Extract<WriteOutcome, { kind: 'written' }>

/** The answer of Append to a write that happened (or had happened). */
export const appendSuccess = ({ revision, position }: Written): AppendResp => {
  const success = new streams.AppendResp.Success()
  if (revision === NO_EVENTS) success.setNoStream(new shared.Empty())
  else success.setCurrentRevision(String(revision))
  if (position === undefined) success.setNoPosition(new shared.Empty())
  else {
    const at = new streams.AppendResp.Position()
    at.setCommitPosition(String(position))
    at.setPreparePosition(String(position))
    success.setPosition(at)
  }
  const answer = new streams.AppendResp()
  answer.setSuccess(success)
  return answer
}

/** Append answers a wrong expectation as a message, not as an error. */
export const appendWrongRevision = (expected: ExpectedRevision, current: number): AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (current === NO_EVENTS) wrong.setCurrentNoStream(new shared.Empty())
  else wrong.setCurrentRevision(String(current))
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty())
  else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty())
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty())
  else wrong.setExpectedRevision(String(expected))
  const answer = new streams.AppendResp()
  answer.setWrongExpectedVersion(wrong)
  return answer
}

/** The answers of Delete and Tombstone have the same shape but not the same class. */
export const deleted = (position: number) => {
  const at = new streams.DeleteResp.Position()
  at.setCommitPosition(String(position))
  at.setPreparePosition(String(position))
  const answer = new streams.DeleteResp()
  answer.setPosition(at)
  return answer
}

export const tombstoned = (position: number) => {
  const at = new streams.TombstoneResp.Position()
  at.setCommitPosition(String(position))
  at.setPreparePosition(String(position))
  const answer = new streams.TombstoneResp()
  answer.setPosition(at)
  return answer
}

/** Whose answer it is: what a batch said of itself. */
export type BatchAddress = {
  readonly correlationId: UUID | undefined
  readonly stream: string
  readonly expected: ExpectedRevision
}

const addressed = ({ correlationId, stream, expected }: BatchAddress): BatchAppendResp => {
  const answer = new streams.BatchAppendResp()
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(stream, 'utf8'))
  answer.setCorrelationId(correlationId)
  answer.setStreamIdentifier(identifier)
  if (expected === 'any') answer.setAny(new Empty())
  else if (expected === 'no-stream') answer.setNoStream(new Empty())
  else if (expected === 'stream-exists') answer.setStreamExists(new Empty())
  else answer.setStreamPosition(String(expected))
  return answer
}

export const batchSuccess = (address: BatchAddress, { revision, position }: Written): BatchAppendResp => {
  const success = new streams.BatchAppendResp.Success()
  if (revision === NO_EVENTS) success.setNoStream(new Empty())
  else success.setCurrentRevision(String(revision))
  if (position === undefined) success.setNoPosition(new Empty())
  else {
    const at = new shared.AllStreamPosition()
    at.setCommitPosition(String(position))
    at.setPreparePosition(String(position))
    success.setPosition(at)
  }
  const answer = addressed(address)
  answer.setSuccess(success)
  return answer
}

const wrongRevisionDetail = (expected: ExpectedRevision, current: number): Uint8Array => {
  const detail = new shared.WrongExpectedVersion()
  if (current === NO_EVENTS) detail.setCurrentNoStream(new Empty())
  else detail.setCurrentStreamRevision(String(current))
  if (expected === 'any') detail.setExpectedAny(new Empty())
  else if (expected === 'no-stream') detail.setExpectedNoStream(new Empty())
  else if (expected === 'stream-exists') detail.setExpectedStreamExists(new Empty())
  else detail.setExpectedStreamPosition(String(expected))
  return detail.serializeBinary()
}

type Detail = {
  readonly name: string
  readonly bytes: Uint8Array
  readonly code: Code
  readonly message: string
}

const detailOf = ({ stream, expected }: BatchAddress, refusal: Refusal): Detail => {
  const { Code } = rpcCode
  switch (refusal.kind) {
    case 'wrong-expected-revision':
      return {
        name: 'WrongExpectedVersion',
        bytes: wrongRevisionDetail(expected, refusal.current),
        code: Code.ALREADY_EXISTS,
        message: `the expected revision of ${stream} is ${expected}, the current one ${refusal.current}`,
      }
    case 'stream-deleted': {
      const identifier = new shared.StreamIdentifier()
      identifier.setStreamName(Buffer.from(stream, 'utf8'))
      const detail = new shared.StreamDeleted()
      detail.setStreamIdentifier(identifier)
      const message = `${stream} is deleted`
      return {
        name: 'StreamDeleted',
        bytes: detail.serializeBinary(),
        code: Code.FAILED_PRECONDITION,
        message,
      }
    }
    case 'append-too-large': {
      const detail = new shared.MaximumAppendSizeExceeded()
      detail.setMaxappendsize(MAX_APPEND_BYTES)
      const message = `an append may have ${MAX_APPEND_BYTES} bytes`
      const bytes = detail.serializeBinary()
      return { name: 'MaximumAppendSizeExceeded', bytes, code: Code.INVALID_ARGUMENT, message }
    }
    case 'access-denied': {
      const bytes = new shared.AccessDenied().serializeBinary()
      return { name: 'AccessDenied', bytes, code: Code.PERMISSION_DENIED, message: 'Access Denied' }
    }
    case 'too-late': {
      const bytes = new shared.Timeout().serializeBinary()
      const message = 'the deadline passed before the commit'
      return { name: 'Timeout', bytes, code: Code.DEADLINE_EXCEEDED, message }
    }
    case 'unavailable': {
      const bytes = new shared.Unknown().serializeBinary()
      return { name: 'Unknown', bytes, code: Code.UNAVAILABLE, message: refusal.reason }
    }
    case 'invalid':
    case 'incomplete-event': {
      const message =
        refusal.kind === 'invalid' ? refusal.reason : `an event lacks ${refusal.missing.join(' and ')}`
      const detail = new shared.BadRequest()
      detail.setMessage(message)
      return { name: 'BadRequest', bytes: detail.serializeBinary(), code: Code.INVALID_ARGUMENT, message }
    }
    default:
      return refusal satisfies never
  }
}

/** A refused batch: a `google.rpc.Status` whose `Any` names the refusal. The client relies on the `Any`. */
export const batchRefusal = (address: BatchAddress, refusal: Refusal): BatchAppendResp => {
  const { name, bytes, code, message } = detailOf(address, refusal)
  const detail = new Any()
  detail.pack(bytes, `event_store.client.${name}`)
  const error = new rpcStatus.Status()
  error.setCode(code)
  error.setMessage(message)
  error.setDetails(detail)
  const answer = addressed(address)
  answer.setError(error)
  return answer
}
