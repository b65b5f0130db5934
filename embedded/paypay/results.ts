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
  INVALID_REFUND_PARAMS: [400, '00200004', 'Invalid params'],
  UNACCEPTABLE_OP: [400, '00200013', 'Operation not acceptable'],
  MULTIPLE_REFUND_NOT_ALLOWED: [400, '00200014', 'Multiple refund not allowed'],
  THROTTLED_MULTIPLE_REFUND_REJECTED: [400, '', 'Refund requested too soon after the previous one'],
  REFUND_WINDOW_EXCEED: [400, '', 'Refund window exceeded'],
  REFUND_LIMIT_EXCEEDED: [400, '', 'Refund limit exceeded'],
  CANCELED_USER: [400, '01103027', 'The user has closed the account'],
  ORDER_NO_LONGER_AVAILABLE: [400, '', 'Order is no longer available'],
  USER_STATE_IS_NOT_ACTIVE: [401, '', 'User is not active'],
  MERCHANT_MULTIPLE_REFUND_REJECTED: [403, '', 'Multiple refund rejected'],
  RESOURCE_NOT_FOUND: [404, '00200001', 'Resource not found'],
  NO_SUCH_REFUND_ORDER: [404, '00200018', 'No such refund order'],
  TRANSACTION_FAILED: [500, '00200002', 'Transaction failed'],
  TRANSACTION_FAILED_3: [500, '00200003', 'Transaction failed'],
  TRANSACTION_FAILED_17: [500, '00800017', 'Transaction failed'],
  REFUND_SERVER_ERROR: [500, '00200034', 'Internal server error'],
  INTERNAL_SERVER_ERROR: [500, '08101000', 'Something went wrong on PayPay service side'],
  SERVICE_ERROR: [500, '08100026', 'Service error'],
  MAINTENANCE_MODE: [503, '08100999', 'Maintenance mode'],
  OP_OUT_OF_SCOPE: [401, '08100023', 'The operation is not permitted'],
  OPA_CLIENT_NOT_FOUND: [404, '08100007', 'OPA client not found'],
  RATE_LIMIT: [429, '08100998', 'Too many requests'],
} as const satisfies Record<string, readonly [number, string, string]>

export type ResultName = keyof typeof table

const isResultName = (name: string): name is ResultName => name in table

/** Every refusal there is, for whoever wants one without its cause. */
export const resultNames: readonly ResultName[] = Object.keys(table).filter(isResultName)

/** Whether the provider may have done what was asked all the same. */
export function leavesEffectOpen(name: ResultName): boolean {
  return table[name][0] >= 500 && !name.startsWith('TRANSACTION_FAILED')
}

/** Rows that share their public code with another row and differ in codeId. */
const publicCode: Partial<Record<ResultName, string>> = {
  INVALID_REFUND_PARAMS: 'INVALID_PARAMS',
  TRANSACTION_FAILED_3: 'TRANSACTION_FAILED',
  TRANSACTION_FAILED_17: 'TRANSACTION_FAILED',
  MULTIPLE_REFUND_NOT_ALLOWED: 'UNACCEPTABLE_OP',
  REFUND_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
}

export function failure(name: ResultName, httpStatus?: number): Answer {
  const [status, codeId, message] = table[name]
  return { httpStatus: httpStatus ?? status, code: publicCode[name] ?? name, codeId, message, data: null }
}

export function success(data: object | null, httpStatus = 200): Answer {
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
