import type { Client } from 'openapi-fetch'
import type { paths } from '~/api/schema'
import type { CartReply, CartServer } from './sync.ts'

/** A browser that lost the network may otherwise wait for minutes. */
const PATIENCE_MS = 10_000

/** The shop's copy of a customer's cart, over its API. `renew` fetches a fresh CSRF token when the shop asks for one. */
export const shopServer = (api: Client<paths>, renew: () => Promise<unknown>): CartServer => {
  const put = (body: Parameters<CartServer['put']>[0]) => {
    const { expectedVersion, items, merge } = body
    return api.PUT('/api/cart', {
      body: {
        items: [...items],
        ...(merge === undefined ? {} : { merge }),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  }
  const get = () => api.GET('/api/cart', { signal: AbortSignal.timeout(PATIENCE_MS) })
  return {
    get: () => replyOf(get),
    put: async (body) => {
      const reply = await replyOf(() => put(body))
      if (reply !== STALE_TOKEN) return reply
      await renew()
      return replyOf(() => put(body))
    },
  }
}

const STALE_TOKEN: CartReply = { kind: 'later' }

interface Exchange {
  readonly data?: Omit<Extract<CartReply, { kind: 'cart' }>, 'kind'> | undefined
  readonly error?: unknown
  readonly response: Response
}

const replyOf = async (ask: () => Promise<Exchange>): Promise<CartReply> => {
  let exchange: Exchange
  try {
    exchange = await ask()
  } catch {
    return { kind: 'later' }
  }
  const { data, error, response } = exchange
  if (data !== undefined) return { kind: 'cart', ...data }
  const { code, cart } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: string
    readonly cart?: Omit<Extract<CartReply, { kind: 'conflict' }>, 'kind'>
  }
  if (code === 'cart-changed' && cart !== undefined) return { kind: 'conflict', ...cart }
  if (response.status === 401) return { kind: 'signed-out' }
  if (code === 'csrf-token-invalid') return STALE_TOKEN
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get('retry-after'))
    return { kind: 'later', ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}) }
  }
  return { kind: 'refused' }
}
