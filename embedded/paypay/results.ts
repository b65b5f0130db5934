/** The provider's answer to one API call, before it is put into HTTP. */
export interface Answer {
  httpStatus: number
  code: string
  codeId: string
  message: string
  data: object | null
}

/** PayPay's result codes, from the reference's error tables. An empty codeId is one the reference leaves out. */
const table = {
  DYNAMIC_QR_BAD_REQUEST: [400, '01650000', 'Dynamic QR bad request'],
  DYNAMIC_QR_NOT_FOUND: [404, '01652072', 'Dynamic QR code not found'],
  DUPLICATE_DYNAMIC_QR_REQUEST: [400, '01652073', 'Duplicate dynamic QR request'],
  DYNAMIC_QR_ALREADY_PAID: [400, '01652074', 'Dynamic QR code already paid'],
  DYNAMIC_QR_PAYMENT_NOT_FOUND: [404, '01652075', 'Dynamic QR payment not found'],
  PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT: [400, '00400060', 'Merchant does not support pre-authorization'],
  INVALID_REQUEST_PARAMS: [400, '08100006', 'Invalid request params'],
  MISSING_REQUEST_PARAMS: [400, '08100024', 'Missing request params'],
  UNAUTHORIZED: [401, '08100016', 'Unauthorized request'],
  ORDER_NOT_REVERSIBLE: [400, '00200044', 'Order cannot be reversed'],
  INVALID_PARAMS: [400, '00200015', 'Refund amount exceeds the refundable amount'],
  UNACCEPTABLE_OP: [400, '00200013', 'Operation not acceptable'],
  MULTIPLE_REFUND_NOT_ALLOWED: [400, '00200014', 'Multiple refund not allowed'],
  THROTTLED_MULTIPLE_REFUND_REJECTED: [400, '', 'Refund requested too soon after the previous one'],
  REFUND_WINDOW_EXCEED: [400, '', 'Refund window exceeded'],
  RESOURCE_NOT_FOUND: [404, '00200001', 'Resource not found'],
  NO_SUCH_REFUND_ORDER: [404, '00200018', 'No such refund order'],
  REFUND_SERVER_ERROR: [500, '00200034', 'Internal server error'],
  INTERNAL_SERVER_ERROR: [500, '08101000', 'Something went wrong on PayPay service side'],
  RATE_LIMIT: [429, '08100998', 'Too many requests'],
} as const satisfies Record<string, readonly [number, string, string]>

export type ResultName = keyof typeof table

/** Rows that share their public code with another row and differ in codeId. */
const publicCode: Partial<Record<ResultName, string>> = {
  MULTIPLE_REFUND_NOT_ALLOWED: 'UNACCEPTABLE_OP',
  REFUND_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
}

export function failure(name: ResultName, httpStatus?: number): Answer {
  const [status, codeId, message] = table[name]
  return { httpStatus: httpStatus ?? status, code: publicCode[name] ?? name, codeId, message, data: null }
}

export function success(data: object, httpStatus = 200): Answer {
  return { httpStatus, code: 'SUCCESS', codeId: '08100001', message: 'Success', data }
}

export function accepted(): Answer {
  return {
    httpStatus: 202,
    code: 'REQUEST_ACCEPTED',
    codeId: '08100001',
    message: 'Request accepted',
    data: null,
  }
}
