import { readEnvelope } from './answers.ts'
import type { ProviderOutcome } from './port.ts'
import type { TransportAnswer } from './transport.ts'

/** What one HTTP answer means, before its data is read. */
export type Verdict =
  | { kind: 'said'; data: unknown; httpStatus: number; requestId?: string }
  | Exclude<ProviderOutcome<never>, { kind: 'ok' }>

const YES = new Set(['SUCCESS', 'REQUEST_ACCEPTED'])

/** The one 5xx that is a definite no (reference, table of common errors). */
const FAILED_FOR_GOOD = 'TRANSACTION_FAILED'

/** Answered with 401 and 403 although they speak of this refund, not of our credentials (reference of the refund call). */
const REFUSED_DESPITE_ITS_STATUS = new Set(['USER_STATE_IS_NOT_ACTIVE', 'MERCHANT_MULTIPLE_REFUND_REJECTED'])

/** Any 2xx is accepted, because create is 201, cancel 202, and refund is documented as 200 but seen as 201. */
export function judge(answer: TransportAnswer): Verdict {
  const requestId = answer.requestId === undefined ? {} : { requestId: answer.requestId }
  if (answer.kind === 'failed') {
    const httpStatus = answer.httpStatus === undefined ? {} : { httpStatus: answer.httpStatus }
    return { kind: 'unknown', reason: answer.reason, ...httpStatus, ...requestId }
  }
  const { httpStatus } = answer
  const envelope = readEnvelope(answer.body)
  const unknown = (reason: Extract<Verdict, { kind: 'unknown' }>['reason']): Verdict => ({
    kind: 'unknown',
    reason,
    httpStatus,
    ...requestId,
  })

  const definite =
    envelope !== undefined &&
    (envelope.code === FAILED_FOR_GOOD ||
      REFUSED_DESPITE_ITS_STATUS.has(envelope.code) ||
      isOrdinaryRefusal(httpStatus))
  if (envelope !== undefined && definite && httpStatus >= 400) {
    const codeId = envelope.codeId === undefined ? {} : { codeId: envelope.codeId }
    return {
      kind: 'refused',
      code: envelope.code,
      message: envelope.message,
      httpStatus,
      ...codeId,
      ...requestId,
    }
  }
  if (httpStatus === 401 || httpStatus === 403) return unknown('unauthorized')
  if (httpStatus === 429) return unknown('rate-limited')
  if (httpStatus >= 500) return unknown('provider-error')
  if (httpStatus < 200 || httpStatus >= 300 || envelope === undefined || !YES.has(envelope.code)) {
    return unknown('unreadable-answer')
  }
  return { kind: 'said', data: envelope.data, httpStatus, ...requestId }
}

function isOrdinaryRefusal(httpStatus: number): boolean {
  return httpStatus >= 400 && httpStatus < 500 && ![401, 403, 408, 429].includes(httpStatus)
}
