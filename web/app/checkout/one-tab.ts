/**
 * Does the work while no other tab of the browser does its own under this name. What one tab writes to the browser's
 * storage reaches another only a moment later, so tabs that may not act on the same state must take turns. A turn that
 * does not come within `patienceMs` is taken all the same, and where pages have no locks (plain http) there are no turns.
 */
export const oneTabAtATime = async (
  name: string,
  patienceMs: number,
  work: () => Promise<void>,
): Promise<void> => {
  if (!('locks' in navigator)) {
    await work()
    return
  }
  let hasBegun = false
  const begin = async () => {
    hasBegun = true
    await work()
  }
  try {
    await navigator.locks.request(name, { signal: AbortSignal.timeout(patienceMs) }, begin)
  } catch (error) {
    if (hasBegun) throw error
    await work()
  }
}
