import type { ServiceError } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import type { ExpectedRevision } from '../store/facts.ts'
import { NO_EVENTS } from '../store/facts.ts'
import type { WriteOutcome } from '../store/writer.ts'

/** The server's default limit for one append: data, metadata and two bytes per character of the type. */
export const MAX_APPEND_BYTES = 1024 * 1024

/** Every way a write can be refused, in the words of both append protocols. */
export type Refusal =
  | Exclude<WriteOutcome, { kind: 'written' }>
  | { readonly kind: 'append-too-large' }
  | { readonly kind: 'access-denied' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'incomplete-event'; readonly missing: readonly string[] }

/** Builds what grpc-js sends as status and trailers. The client finds its error class by the trailer `exception`. */
export const callError = (
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): ServiceError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return Object.assign(new Error(details), { code, details, metadata })
}

/** The numbers by which the server names the special expectations in a trailer. */
const expectationNumber = (expected: ExpectedRevision): number => {
  switch (expected) {
    case 'any':
      return -2
    case 'no-stream':
      return -1
    case 'stream-exists':
      return -4
    default:
      return expected
  }
}

/** Header values must be ASCII; a stream name need not be. */
const asHeader = (text: string): string => text.replaceAll(/[^\u0020-\u007e]/gu, '?')

export const streamDeletedError = (stream: string): ServiceError =>
  callError(status.FAILED_PRECONDITION, `Event stream '${asHeader(stream)}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': asHeader(stream),
  })

export const accessDeniedError = (): ServiceError =>
  callError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' })

export const wrongCredentialsError = (): ServiceError =>
  callError(status.UNAUTHENTICATED, 'The user name or the password is wrong.')

export const invalidArgumentError = (reason: string): ServiceError =>
  callError(status.INVALID_ARGUMENT, reason)

/** How a call that was open when the node stopped ends. */
export const stoppingStreamError = (): ServiceError => callError(status.CANCELLED, 'the node is stopping')
export const stoppingCallError = (): ServiceError => callError(status.UNAVAILABLE, 'the node is stopping')

/** A refused write as a gRPC error. Append itself answers wrong-expected-revision as a message instead. */
export const refusalError = (stream: string, expected: ExpectedRevision, refusal: Refusal): ServiceError => {
  switch (refusal.kind) {
    case 'wrong-expected-revision':
      return callError(
        status.FAILED_PRECONDITION,
        `Append failed due to WrongExpectedVersion. Stream: ${asHeader(stream)}, ` +
          `Expected version: ${expectationNumber(expected)}, Actual version: ${refusal.current}`,
        {
          exception: 'wrong-expected-version',
          'stream-name': asHeader(stream),
          'expected-version': String(expectationNumber(expected)),
          ...(refusal.current === NO_EVENTS ? {} : { 'actual-version': String(refusal.current) }),
        },
      )
    case 'stream-deleted':
      return streamDeletedError(stream)
    case 'access-denied':
      return accessDeniedError()
    case 'append-too-large':
      return callError(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`, {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(MAX_APPEND_BYTES),
      })
    case 'incomplete-event':
      return callError(
        status.INVALID_ARGUMENT,
        `Required Metadata Property '${refusal.missing.join(',')}' is missing`,
        {
          exception: 'missing-required-metadata-property',
          'required-metadata-properties': refusal.missing.join(','),
        },
      )
    case 'too-late':
      return callError(status.DEADLINE_EXCEEDED, 'The deadline passed before the commit.')
    case 'unavailable':
      return callError(status.UNAVAILABLE, refusal.reason)
    case 'invalid':
      return invalidArgumentError(refusal.reason)
    default:
      return refusal satisfies never
  }
}
