import createClient from 'openapi-fetch'
import type { paths } from '~/api/schema'

/** What the server beside us hangs on each request: the API without the network between. */
interface MountedRequest {
  readonly apiFetch?: (request: Request) => Promise<Response>
}

/** Gives `$api`: in the browser over HTTP, while rendering on the server straight into the API that mounted us. */
export default defineNuxtPlugin({
  name: 'api',
  setup: () => {
    const session = useSessionState()
    const nuxtApp = useNuxtApp()
    const headers: Record<string, string> = {}
    const request = import.meta.server ? useRequestEvent()?.node.req : undefined
    const cookie = request?.headers.cookie
    if (cookie !== undefined) headers.cookie = cookie
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mount of the storefront put it there
    const mounted = (request as MountedRequest | undefined)?.apiFetch
    const baseUrl = import.meta.server
      ? mounted === undefined
        ? useRuntimeConfig().apiOrigin
        : 'http://kessai.invalid'
      : useRequestURL().origin
    const api = createClient<paths>({
      baseUrl,
      headers,
      ...(mounted === undefined ? {} : { fetch: mounted }),
    })
    api.use({
      onRequest: ({ request: outgoing }) => {
        outgoing.headers.set('accept-language', nuxtApp.$i18n.locale.value)
        const { csrfToken } = session.value
        if (csrfToken !== undefined && outgoing.method !== 'GET')
          outgoing.headers.set('x-csrf-token', csrfToken)
        return outgoing
      },
    })
    return { provide: { api } }
  },
})
