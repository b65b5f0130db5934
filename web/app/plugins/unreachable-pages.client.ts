const PROBE_TIMEOUT_MS = 4_000
/** A page that reloads into the same failure is not reloaded again for this long. */
const RELOAD_ONCE_IN_MS = 30_000

/**
 * A page whose code cannot be fetched would be a dead link. Either there is no way to the shop, which is said under the
 * address that was asked for; or the shop has been deployed anew and the code is gone, which one reload mends.
 */
export default defineNuxtPlugin((nuxtApp) => {
  const lostCode = new WeakSet<object>()
  nuxtApp.hook('app:chunkError', ({ error }) => {
    if (typeof error === 'object' && error !== null) lostCode.add(error)
  })
  useRouter().onError(async (error: unknown, to) => {
    if (!(await isReachable())) {
      if (location.pathname + location.search !== to.fullPath)
        history.pushState(history.state, '', to.fullPath)
      await nuxtApp.runWithContext(() =>
        showError({ statusCode: 503, statusMessage: 'Offline', data: { offline: !navigator.onLine } }),
      )
    } else if (typeof error === 'object' && error !== null && lostCode.has(error))
      reloadNuxtApp({ path: to.fullPath, persistState: true, ttl: RELOAD_ONCE_IN_MS })
  })
})

/** Asks the shop for something small; that the browser believes in a network does not mean the shop can be reached. */
const isReachable = async (): Promise<boolean> => {
  if (!navigator.onLine) return false
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    return (await fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store', signal })).status < 500
  } catch {
    return false
  }
}
