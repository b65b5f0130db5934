import type {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js'
import { deleted, tombstoned } from '../wire/answers.ts'
import { invalidArgumentError, refusalError } from '../wire/refusals.ts'
import { expectedRevisionOf, streamNameOf } from '../wire/requests.ts'
import { deadlineMsOf } from './append.ts'
import type { ServiceParts } from './parts.ts'

/** Delete hides the stream until somebody writes to it again; Tombstone closes it for ever. */
const deletion =
  <Request extends DeleteReq | TombstoneReq, Answer>(
    parts: ServiceParts,
    kind: 'delete' | 'tombstone',
    answerOf: (position: number) => Answer,
  ) =>
  (call: ServerUnaryCall<Request, Answer>, callback: sendUnaryData<Answer>): void => {
    const refused = parts.doorkeeper(call.metadata)
    const options = call.request.getOptions()
    const stream = streamNameOf(options?.getStreamIdentifier())
    if (refused !== undefined) {
      callback(refused)
      return
    }
    if (options === undefined || stream === '') {
      callback(invalidArgumentError('a deletion needs a stream'))
      return
    }
    const expected = expectedRevisionOf(options)
    parts.log.submit({
      request: { kind, stream, expected },
      expiresAtMs: deadlineMsOf(call),
      settle: (outcome) => {
        if (outcome.kind === 'written') callback(null, answerOf(outcome.position ?? 0))
        else callback(refusalError(stream, expected, outcome))
      },
    })
  }

export const deleteHandler = (parts: ServiceParts) =>
  deletion<DeleteReq, DeleteResp>(parts, 'delete', deleted)

export const tombstoneHandler = (parts: ServiceParts) =>
  deletion<TombstoneReq, TombstoneResp>(parts, 'tombstone', tombstoned)
