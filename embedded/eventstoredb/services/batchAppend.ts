import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerDuplexStream, ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import type { ExpectedRevision } from '../store/facts.ts'
import type { BatchAddress } from '../wire/answers.ts'
import { batchRefusal, batchSuccess } from '../wire/answers.ts'
import type { Refusal } from '../wire/refusals.ts'
import { callError, refusalError, stoppingCallError } from '../wire/refusals.ts'
import { eventIdOf, invalid, streamNameOf, toSafeNumber } from '../wire/requests.ts'
import type { Draft } from './draft.ts'
import { createDraft } from './draft.ts'
import type { ServiceParts } from './parts.ts'

/** Batches of one call that were begun but are not complete. The real client sends one after the other. */
const MAX_OPEN_BATCHES = 10_000
/** Answers owed or unread at which the node stops listening to a call, and at which it listens again. */
const PAUSE_AT = 4_096
const RESUME_AT = 1_024

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>
type Batch = { readonly address: BatchAddress; readonly expiresAtMs: number; readonly draft: Draft }

const expectedOf = (options: BatchAppendReq.Options): ExpectedRevision => {
  if (options.hasStreamPosition()) return toSafeNumber(options.getStreamPosition())
  if (options.hasNoStream()) return 'no-stream'
  return options.hasStreamExists() ? 'stream-exists' : 'any'
}

/** A batch names its own deadline: the call it travels in has none, so only the server can enforce it. */
const expiryOf = (options: BatchAppendReq.Options | undefined): number =>
  options?.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY

const beginBatch = (message: BatchAppendReq): Batch => {
  const options = message.getOptions()
  return {
    address: {
      correlationId: message.getCorrelationId(),
      stream: streamNameOf(options?.getStreamIdentifier()),
      expected: options === undefined ? 'any' : expectedOf(options),
    },
    expiresAtMs: expiryOf(options),
    draft: createDraft(),
  }
}

/** Why a complete batch does not even reach the log. */
const refusalOf = (isStranger: boolean, { address, expiresAtMs, draft }: Batch): Refusal | undefined => {
  if (isStranger) return { kind: 'access-denied' }
  if (address.stream === '') return invalid('a batch needs a stream')
  return Date.now() >= expiresAtMs ? { kind: 'too-late' } : draft.refusal()
}

/**
 * BatchAppend: many appends over one call, each in one or more messages that share a correlation id, each
 * answered exactly once. A second answer to one id would make the client throw where nobody can catch it.
 */
export const batchAppendHandler =
  (parts: ServiceParts) =>
  (call: BatchCall): void => {
    const open = new Map<string, Batch>()
    let owed = 0
    let clientIsDone = false

    const isOver = (): boolean => call.cancelled || call.writableEnded
    const fail = (error: ServiceError): void => {
      if (!isOver()) call.emit('error', error)
    }
    const refused = parts.doorkeeper(call.metadata)
    // Who shows no credentials is refused batch by batch, as in the server: the end of the call would reject the
    // appends of every other client in the same process, too.
    const isStranger = refused?.code === status.PERMISSION_DENIED
    if (refused !== undefined && !isStranger) {
      fail(refused)
      return
    }
    const forget = parts.openCalls.add(() => fail(stoppingCallError()))

    const listenIfThereIsRoom = (): void => {
      const backlog = owed + call.writableLength
      if (backlog >= PAUSE_AT) call.pause()
      else if (backlog <= RESUME_AT && call.isPaused()) call.resume()
    }

    const answer = (message: BatchAppendResp): void => {
      owed -= 1
      if (isOver()) return
      call.write(message)
      listenIfThereIsRoom()
      if (clientIsDone && owed === 0) call.end()
    }

    const submit = ({ address, expiresAtMs, draft }: Batch): void => {
      const { stream, expected } = address
      owed += 1
      listenIfThereIsRoom()
      const refusal = refusalOf(isStranger, { address, expiresAtMs, draft })
      if (refusal !== undefined) {
        answer(batchRefusal(address, refusal))
        return
      }
      parts.log.submit({
        request: { kind: 'append', stream, expected, events: draft.events() },
        expiresAtMs,
        settle: (outcome) => {
          // The client reads no status code out of a batch answer; only the end of the call says UNAVAILABLE.
          if (outcome.kind === 'unavailable') fail(refusalError(stream, expected, outcome))
          else if (outcome.kind !== 'written') answer(batchRefusal(address, outcome))
          // A commit that took too long: whoever set the deadline has been told to take the outcome for unknown.
          else if (Date.now() >= expiresAtMs) answer(batchRefusal(address, { kind: 'too-late' }))
          else answer(batchSuccess(address, outcome))
        },
      })
    }

    const receive = (message: BatchAppendReq): void => {
      const id = eventIdOf(message.getCorrelationId())
      if (id === undefined) {
        fail(callError(status.INVALID_ARGUMENT, 'a batch needs a correlation id'))
        return
      }
      const batch = open.get(id) ?? beginBatch(message)
      for (const proposal of message.getProposedMessagesList()) batch.draft.add(proposal)
      if (message.getIsFinal()) {
        open.delete(id)
        submit(batch)
        return
      }
      open.set(id, batch)
      if (open.size > MAX_OPEN_BATCHES) fail(callError(status.RESOURCE_EXHAUSTED, 'too many open batches'))
    }

    call.on('data', (message: BatchAppendReq) => {
      if (!isOver()) receive(message)
    })
    call.on('end', () => {
      clientIsDone = true
      if (owed === 0 && !isOver()) call.end()
    })
    call.on('drain', listenIfThereIsRoom)
    call.once('cancelled', forget)
    call.once('close', forget)
  }
