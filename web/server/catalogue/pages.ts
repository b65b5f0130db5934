import type { H3Event } from 'h3'

interface MountedRequest {
  readonly apiFetch?: (request: Request) => Promise<Response>
}

/** A shop of more products than this lists the newest of them. */
const MAX_PRODUCTS = 5_000
const PAGE_SIZE = 100
const TIMEOUT_MS = 5_000

/** Addresses, without a language, of the pages everybody may read; throws when the API does not answer. */
export const publicPages = async (event: H3Event): Promise<readonly string[]> => {
  const ask = asking(event)
  const [categories, products] = await Promise.all([categoryIds(ask), productIds(ask)])
  return [
    '/',
    '/products',
    ...categories.map((id) => `/categories/${encodeURIComponent(id)}`),
    ...products.map((id) => `/products/${encodeURIComponent(id)}`),
    '/about',
    '/legal',
    '/privacy',
  ]
}

type Ask = (path: string) => Promise<unknown>

const asking = (event: H3Event): Ask => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mount of the storefront put it there
  const { apiFetch } = event.node.req as MountedRequest
  const base = apiFetch === undefined ? useRuntimeConfig(event).apiOrigin : 'http://kessai.invalid'
  return async (path) => {
    const request = new Request(new URL(path, base), { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const answer = await (apiFetch ?? fetch)(request)
    if (!answer.ok) throw new Error(`The API answered ${path} with ${answer.status}`)
    return answer.json()
  }
}

const categoryIds = async (ask: Ask): Promise<readonly string[]> =>
  idsOf(await ask('/api/categories'), 'categoryId')

const productIds = async (ask: Ask): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let page = 1; ids.length < MAX_PRODUCTS; page++) {
    const found = idsOf(await ask(`/api/products?sort=newest&page=${page}&size=${PAGE_SIZE}`), 'productId')
    ids.push(...found)
    if (found.length < PAGE_SIZE) break
  }
  return ids
}

const idsOf = (answer: unknown, key: string): string[] => {
  const items = isRecord(answer) && Array.isArray(answer.items) ? answer.items : []
  return items.flatMap((item: unknown) => {
    const id = isRecord(item) ? item[key] : undefined
    return typeof id === 'string' ? [id] : []
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
