import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'

const Amount = z.object({ amountMinor: z.number(), currency: z.string() })

const Order = z.object({
  orderId: z.string(),
  status: z.string(),
  failureReason: z.string().optional(),
  amount: Amount,
  channelToken: z.string(),
  payment: z
    .object({
      merchantPaymentId: z.string(),
      url: z.string().optional(),
      expiresAt: z.string().optional(),
      status: z.string(),
    })
    .optional(),
  surplus: z.array(z.object({ kind: z.string(), refund: z.string().optional() })).optional(),
  refunded: Amount.optional(),
  refunds: z.array(z.object({ refundId: z.string(), kind: z.string(), status: z.string() })).optional(),
})
/** What a buyer's browser knows of an order. */
export type OrderView = z.infer<typeof Order>

const Placed = z.object({
  orderId: z.string(),
  status: z.string(),
  amount: Amount,
  channelToken: z.string(),
  position: z.number(),
})
export type Placement = z.infer<typeof Placed>

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

export interface Buyer {
  /** The session's cookie as a browser sends it. */
  readonly cookie: string
  /** One call with the buyer's cookie and CSRF token; never throws on a refusal. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Reply>
  readonly place: (
    productId: string,
    quantity?: number,
    idempotencyKey?: string,
    paymentMethod?: 'PAYPAY' | 'WALLET',
  ) => Promise<Placement>
  readonly order: (orderId: string) => Promise<OrderView>
  /** Waits until the order satisfies the condition, asking again in short steps for a bounded time. */
  readonly until: (
    orderId: string,
    what: string,
    holds: (order: OrderView) => boolean,
    limitMs?: number,
  ) => Promise<OrderView>
  /** Waits for the payable code. */
  readonly payable: (orderId: string) => Promise<NonNullable<OrderView['payment']>>
}

const STEP_MS = 25
const REQUEST_TIMEOUT_MS = 30_000

/** Signs in at the shop as the development issuer allows, and acts through HTTP alone. */
export const signIn = async (shopUrl: string, email: string, roles?: readonly string[]): Promise<Buyer> => {
  const post = async (path: string, body: unknown): Promise<Response> => {
    const response = await fetch(`${shopUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const issued = await post('/api/dev/sign-in', { email, ...(roles === undefined ? {} : { roles }) })
  const opened = await post('/api/auth/session', z.object({ idToken: z.string() }).parse(await issued.json()))
  const cookie = opened.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await opened.json())

  const call: Buyer['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${shopUrl}${path}`, {
      method,
      headers: {
        cookie,
        ...(method === 'GET' ? {} : { 'x-csrf-token': csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? await response.json() : await response.text(),
    }
  }

  const order: Buyer['order'] = async (orderId) => {
    const reply = await call('GET', `/api/orders/${orderId}`)
    if (reply.status !== 200)
      throw new Error(`Order ${orderId}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return Order.parse(reply.body)
  }

  const until: Buyer['until'] = async (orderId, what, holds, limitMs = 30_000) => {
    const giveUpAtMs = Date.now() + limitMs
    for (;;) {
      const current = await order(orderId)
      if (holds(current)) return current
      if (Date.now() > giveUpAtMs)
        throw new Error(`Not within ${limitMs} ms: ${what}; order ${orderId} is ${JSON.stringify(current)}`)
      await pause(STEP_MS)
    }
  }

  return {
    cookie,
    call,
    order,
    until,
    place: async (
      productId,
      quantity = 1,
      idempotencyKey = crypto.randomUUID(),
      paymentMethod = 'PAYPAY',
    ) => {
      const reply = await call(
        'POST',
        '/api/orders',
        { items: [{ productId, quantity }], paymentMethod },
        { 'idempotency-key': idempotencyKey },
      )
      if (reply.status !== 201)
        throw new Error(`Placing an order: ${reply.status} ${JSON.stringify(reply.body)}`)
      return Placed.parse(reply.body)
    },
    payable: async (orderId) => {
      const { payment } = await until(
        orderId,
        'a payable code',
        (current) => current.payment?.url !== undefined,
      )
      if (payment === undefined) throw new Error('A payable order without a payment')
      return payment
    },
  }
}

/** Moves the simulated provider, as a buyer's phone or a bad day would. */
export const simulatorControl =
  (simulatorUrl: string) =>
  async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${simulatorUrl}/_sim/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`/_sim/${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
