/**
 * Every way the API says no, in one table: what a client may rely on is the code, its status and its meaning. A code
 * never changes its meaning; the words may get better. `type` of the reply is `/problems/{code}`, which answers this text.
 */
export const PROBLEMS = {
  'not-found': [404, 'There is nothing at this address', 'The path is not one of the API.'],
  'method-not-allowed': [
    405,
    'This address does not take this method',
    'The Allow header names those it takes.',
  ],
  'malformed-json': [400, 'The body is not JSON', 'It could not be parsed, so nothing was read from it.'],
  'invalid-query': [400, 'The query is not valid', 'The field errors say which parameter and why.'],
  'validation-failed': [
    422,
    'The body is not valid',
    'The field errors say which fields and why. Nothing was done.',
  ],
  'body-too-large': [
    413,
    'The body is too large',
    'But for uploads, no request of this API needs more than 64 KiB.',
  ],
  'unsupported-media-type': [415, 'The body has the wrong type', 'Bodies are sent as application/json.'],
  'bad-request': [400, 'The request cannot be understood', 'It breaks the rules of HTTP.'],
  'rate-limited': [429, 'Too many requests', 'Wait as many seconds as Retry-After says.'],
  'internal-error': [
    500,
    'Something went wrong here',
    'The fault is ours and was recorded under the correlation id.',
  ],
  'record-unreadable': [
    500,
    'Its record cannot be read',
    'The log holds an entry this version does not understand. Nothing was changed, the fault is ours, and it was recorded.',
  ],
  'temporarily-unavailable': [
    503,
    'This cannot be decided right now',
    'Nothing is known about the outcome. The same request again, with the same Idempotency-Key, is safe.',
  ],
  REDIS_UNAVAILABLE: [
    503,
    'Sessions cannot be checked right now',
    'The session store does not answer. Browsing goes on; signing in and buying work again when it is back.',
  ],
  'token-missing': [400, 'There is no ID token', 'Send {"idToken": "…"} from the sign-in provider.'],
  'token-invalid': [
    401,
    'The ID token is not valid',
    'It is expired, forged, or meant for someone else: sign in again.',
  ],
  'sign-in-unavailable': [
    503,
    'Signing in is not possible right now',
    'The sign-in provider does not answer, so nothing is known about the ID token. Those who are signed in stay so; send it again in a moment.',
  ],
  SESSION_MISSING: [401, 'You are not signed in', 'There was no session cookie.'],
  SESSION_NOT_FOUND: [401, 'You are no longer signed in', 'The session has ended: sign in again.'],
  'csrf-token-invalid': [
    403,
    'The request did not come from this shop’s pages',
    'X-CSRF-Token is missing or not of this session; GET /api/auth/status answers a fresh one.',
  ],
  'role-missing': [
    403,
    'This is not yours to do',
    'Your session has none of the roles this needs. Nothing was read or changed.',
  ],
  'webhook-signature-invalid': [
    401,
    'The delivery is not signed by a sender we know',
    'Its Standard Webhooks signature is missing, wrong or older than five minutes. Nothing was stored.',
  ],
  'origin-not-allowed': [403, 'The request came from another site', 'Its Origin is not this shop.'],
  'search-unavailable': [
    503,
    'Products cannot be searched right now',
    'The search does not answer. Products, categories and orders go on; search again in a moment.',
  ],
  'user-id-invalid': [400, 'The user is not named', 'X-User-Id has 1 to 128 printable characters.'],
  'product-not-found': [404, 'There is no such product', 'It was never offered, or is not offered any more.'],
  'idempotency-key-missing': [
    400,
    'There is no Idempotency-Key',
    'Send a fresh one with each new request, and the same one with each repeat of it.',
  ],
  'idempotency-key-invalid': [
    400,
    'The Idempotency-Key is not usable',
    'It has 1 to 128 printable ASCII characters.',
  ],
  'idempotency-key-reused': [
    422,
    'This Idempotency-Key belongs to another request',
    'It was used before with another body. Nothing was done.',
  ],
  'unknown-product': [422, 'A product does not exist', 'The field errors name it. Nothing was ordered.'],
  'product-unavailable': [
    422,
    'A product is no longer offered',
    'The field errors name it. Nothing was ordered.',
  ],
  'price-changed': [
    409,
    'The price has changed',
    'amount is the total now. Show it, and order again once the buyer agrees.',
  ],
  'payment-method-unavailable': [422, 'This way of paying is not available', 'Choose another one.'],
  'no-lines': [422, 'The order is empty', 'An order has at least one line.'],
  'too-many-lines': [422, 'The order has too many lines', 'Split it.'],
  'duplicate-product': [422, 'A product appears twice', 'One line per product, with its quantity.'],
  'quantity-out-of-range': [422, 'A quantity cannot be ordered', 'Whole numbers from 1 to 99.'],
  'mixed-currencies': [422, 'The products are sold in different currencies', 'Order them separately.'],
  'total-out-of-range': [422, 'The total cannot be paid', 'It is zero or more than a payment can carry.'],
  'cart-changed': [
    409,
    'The cart was changed elsewhere',
    'cart is what it holds now, with its version. Nothing was overwritten: show it, or change that one.',
  ],
  'profile-changed': [
    412,
    'Your information was changed elsewhere',
    'Nothing was overwritten. GET /api/me answers what is recorded now, and its version.',
  ],
  'alert-not-found': [404, 'There is no such alert', 'Nothing was ever raised under this id.'],
  'alert-already-resolved': [
    409,
    'The alert is over',
    'It was resolved or has healed. It can still be noted on.',
  ],
  'note-out-of-range': [422, 'This cannot be noted', 'A note has 1 to 1,000 characters.'],
  'too-many-notes': [409, 'The alert has too many notes', 'It has a hundred. Write the rest elsewhere.'],
  'no-mailbox': [404, 'This shop has no mailbox', 'It sends its mails.'],
  'mail-not-found': [404, 'There is no such mail', 'Or it is not yours, or nobody can read it any more.'],
  'order-not-found': [404, 'There is no such order', 'Or it is not yours.'],
  'stream-not-found': [
    404,
    'There is no such stream',
    'Or it is not one of an order, payment, account, product, stock, cart, customer, notification, checkout or confirmation, or had no events then.',
  ],
  'stream-too-long': [422, 'The stream is too long to fold at once', 'Ask for an earlier revision.'],
  'exports-busy': [
    503,
    'Too many exports at once',
    'Nothing was read. Ask again after as many seconds as Retry-After says.',
  ],
  'order-already-paid': [409, 'The order is already paid', 'It can no longer be changed this way.'],
  'order-already-failed': [409, 'The order has failed', 'Nothing is owed. Order again if you still want it.'],
  'order-already-cancelled': [
    409,
    'The order was cancelled',
    'Nothing is owed. Order again if you still want it.',
  ],
  'order-not-paid': [409, 'The order is not paid', 'There is no payment of which anything could go back.'],
  'nothing-left-to-refund': [
    409,
    'There is nothing left to return',
    'All of the payment has gone back or is on its way.',
  ],
  'refund-amount-out-of-range': [422, 'This amount cannot go back', 'A whole number of yen, from one.'],
  'refund-exceeds-payment': [
    422,
    'More than there is left to return',
    'Refunds on their way count too. Nothing was done.',
  ],
  'return-exceeds-order': [
    422,
    'More units than there are left to come back',
    'A product is not of this order, or more units of it than were ordered would come back. Nothing was done.',
  ],
  'refund-window-over': [
    409,
    'It is too late for a refund',
    'PayPay takes refunds until the 365th day after the payment, in Japan time. Return the money another way.',
  ],
  'too-many-refunds': [409, 'The order has had too many refunds', 'Return what is left another way.'],
  'no-payment-code': [
    409,
    'This order has no payment code',
    'It is paid from the wallet: there is nothing to scan or to renew.',
  ],
  'customer-unknown': [
    422,
    'There is no such customer',
    'Nobody with this id ever had a wallet, a cart, an order or a profile here, or is signed in. Nothing was paid in. Look the id up again; with evenIfUnknown it is paid in all the same.',
  ],
  'balance-limit-exceeded': [
    409,
    'The wallet would hold too much',
    'Nothing was paid in. A smaller amount may still fit.',
  ],
  'currency-differs': [409, 'The wallet is in another currency', 'Nothing was paid in.'],
  'payment-not-ready': [409, 'There is no payment code yet', 'It is on its way; ask again in a moment.'],
  'payment-window-over': [409, 'The time to pay is over', 'Order again for a fresh code.'],
  'payment-code-expired': [
    409,
    'This payment code has run out',
    'Nothing was charged. Ask for a fresh code.',
  ],
  'projection-not-found': [404, 'There is no such read model', 'GET /api/ops/projections names them.'],
  'not-parked': [
    404,
    'Nothing is parked here',
    'It was released, or never was. GET /api/ops/parked has what is.',
  ],
  'replay-needs-rebuild': [
    409,
    'A replay cannot mend this',
    'The document lacks an event, or nobody knows whose the event is. Build the read model anew: POST /api/ops/projections/{name}/rebuild.',
  ],
  'no-copy-being-built': [409, 'No copy is being built', 'Ask for a rebuild first.'],
  'copy-not-caught-up': [
    409,
    'The new copy is not ready to be read',
    'It does not follow the log yet. GET /api/ops/projections says how long it still takes.',
  ],
  'no-earlier-copy': [409, 'There is no earlier copy', 'None was kept, or its day is over.'],
  'receipt-differs': [
    422,
    'This receipt was booked with another quantity',
    'Nothing was booked. Correct what was booked by an adjustment.',
  ],
  'adjustment-differs': [
    422,
    'This adjustment was made with another number',
    'Nothing was booked. Another correction has an id of its own.',
  ],
  'nothing-received': [
    409,
    'Nothing was ever received of this product',
    'There is nothing to correct; receive goods first.',
  ],
  'insufficient-stock': [
    409,
    'There are not that many units',
    'Fewer are available than are to be taken away; those held for orders cannot be. Nothing was booked.',
  ],
  'stock-quantity-out-of-range': [422, 'This is no number of units', 'Whole numbers up to 1000000000.'],
  'price-out-of-range': [
    422,
    'This price cannot be charged',
    'It is zero, or more than a payment can carry.',
  ],
  'product-delisted': [409, 'The product is not on sale', 'Put it on sale first. Nothing was changed.'],
  'file-missing': [
    422,
    'There is no file in the request',
    'Send it as the field `file` of multipart/form-data.',
  ],
  'file-name-not-plain': [
    422,
    'This is no plain file name',
    'It has up to 200 characters, no folder, and does not begin with a full stop.',
  ],
  'picture-type-unsupported': [
    415,
    'The file is not a picture that can be shown',
    'Its first bytes are not those of a JPEG, PNG or WebP picture, whatever its name says.',
  ],
  'picture-too-large': [
    413,
    'The picture is too large',
    'Up to 10 MiB, 50 million pixels and 20,000 on a side.',
  ],
  'picture-damaged': [422, 'The picture cannot be read', 'It begins like a picture and then breaks off.'],
  'pictures-busy': [503, 'Too many pictures at once', 'Send it again when others are done.'],
  'csv-not-utf-8': [422, 'The list is not UTF-8', 'Nothing was imported.'],
  'csv-too-large': [413, 'The list is too large', 'Nothing was imported. Send it in parts.'],
  'csv-unreadable': [422, 'The list cannot be read', 'Nothing was imported.'],
  'csv-columns-missing': [
    422,
    'The first line does not name all columns',
    'Nothing was imported. The field errors say which are missing.',
  ],
  'import-under-way': [409, 'Another list is being imported', 'Send this one when that one is done.'],
  'too-many-connections': [503, 'Too many live connections', 'Ask by GET instead and try again later.'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string, meaning: string]>>

export type ProblemCode = keyof typeof PROBLEMS

/** What is wrong with one field; `path` leads to it with dots: `items.0.quantity`. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

export interface ProblemDetails {
  /** What happened here, beyond the meaning of the code; never an internal message and never personal data. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly retryAfterSeconds?: number
  /** Further members of the document, for machines. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** A refusal on its way out to the client; thrown anywhere below a route, answered in one place. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly details: ProblemDetails

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

/** RFC 9457, with the stable code and the id under which our log knows the request. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: ProblemCode
  readonly errors?: readonly FieldError[]
  readonly correlationId: string
}

export const problemDocument = ({ code, details }: Problem, correlationId: string): ProblemDocument => {
  const [status, title, meaning] = PROBLEMS[code]
  const { detail = meaning, errors, more } = details
  return {
    ...more,
    type: `/problems/${code}`,
    title,
    status,
    detail,
    code,
    ...(errors === undefined ? {} : { errors }),
    correlationId,
  }
}

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)
