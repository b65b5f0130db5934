/** What the server beside us hangs on each request: the API without the network between. */
interface MountedRequest {
  apiFetch?: (request: Request) => Promise<Response>
}

/**
 * An error page is drawn by a second request inside the server, which keeps of the first only its headers. It finds its
 * way to the API again by the correlation id, which our own server gave the first one.
 */
export default defineNitroPlugin((nitro) => {
  const open = new Map<string, NonNullable<MountedRequest['apiFetch']>>()
  nitro.hooks.hook('request', (event) => {
    const request = event.node.req as typeof event.node.req & MountedRequest
    const id = getRequestHeader(event, 'x-correlation-id')
    if (id === undefined) return
    if (request.apiFetch === undefined) {
      const apiFetch = open.get(id)
      if (apiFetch !== undefined) request.apiFetch = apiFetch
      return
    }
    open.set(id, request.apiFetch)
    event.node.res.once('close', () => open.delete(id))
  })
})
