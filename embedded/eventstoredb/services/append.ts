import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js'
import type { ExpectedRevision, ProposedEvent } from '../store/facts.ts'
import { appendSuccess, appendWrongRevision } from '../wire/answers.ts'
import type { Refusal } from '../wire/refusals.ts'
import { refusalError } from '../wire/refusals.ts'
import { expectedRevisionOf, invalid, streamNameOf } from '../wire/requests.ts'
import { createDraft } from './draft.ts'
import type { ServiceParts } from './parts.ts'

/** The time at which a call must be over, in milliseconds since 1970. */
export const deadlineMsOf = (call: { getDeadline: () => Date | number }): number => {
  const deadline = call.getDeadline()
  return typeof deadline === 'number' ? deadline : deadline.getTime()
}

/**
 * Append: the options, then one message per event, then the end. It is answered at the end even if a fault
 * shows earlier: a client that is still writing takes an early answer badly.
 */
export const appendHandler =
  (parts: ServiceParts) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): void => {
    const refused = parts.doorkeeper(call.metadata)
    if (refused !== undefined) {
      callback(refused)
      return
    }
    let stream = ''
    let expected: ExpectedRevision = 'any'
    const draft = createDraft()

    const answerRefusal = (refusal: Refusal): void => {
      if (refusal.kind === 'wrong-expected-revision')
        callback(null, appendWrongRevision(expected, refusal.current))
      else callback(refusalError(stream, expected, refusal))
    }
    const submit = (events: readonly ProposedEvent[]): void => {
      parts.log.submit({
        request: { kind: 'append', stream, expected, events },
        expiresAtMs: deadlineMsOf(call),
        settle: (outcome) => {
          if (outcome.kind === 'written') callback(null, appendSuccess(outcome))
          else answerRefusal(outcome)
        },
      })
    }

    call.on('data', (message: AppendReq) => {
      const options = message.getOptions()
      if (options !== undefined) {
        stream = streamNameOf(options.getStreamIdentifier())
        expected = expectedRevisionOf(options)
        return
      }
      const proposal = message.getProposedMessage()
      if (proposal !== undefined) draft.add(proposal)
    })
    call.on('error', () => {
      // The client went away in the middle of its request: nothing was submitted and nobody waits.
    })
    const finish = (): void => {
      if (call.cancelled) return
      const refusal = stream === '' ? invalid('an append needs a stream') : draft.refusal()
      if (refusal !== undefined) answerRefusal(refusal)
      else submit(draft.events())
    }
    // A connection that ends in the middle of a request ends its calls too, as if all had been said; only a turn later
    // is the call known to be cancelled. Half an append must never be written.
    call.on('end', () => setImmediate(finish))
  }
