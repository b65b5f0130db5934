/** After the page is drawn and quiet, so that the tour takes nothing from its loading. */
const QUIET_MS = 1_500
const IDLE_AT_LATEST_MS = 3_000
const TARGET_WAIT_MS = 2_000

/**
 * Calls back once the browser is idle, unless the visitor has begun to do something: whoever knows the way needs no
 * guide. The answer calls it off.
 */
export const whenIdleAndUnused = (start: () => void): (() => void) => {
  const uses = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const
  const off = new AbortController()
  const callOff = () => {
    off.abort()
  }
  for (const use of uses) addEventListener(use, callOff, { capture: true, passive: true, signal: off.signal })
  setTimeout(() => {
    const begin = () => {
      if (off.signal.aborted) return
      off.abort()
      start()
    }
    if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: IDLE_AT_LATEST_MS })
    else begin()
  }, QUIET_MS)
  return callOff
}

/** What `find` finds, as soon as the page has it; undefined when it does not come. */
export const soon = <T>(find: () => T | undefined): Promise<T | undefined> =>
  new Promise((resolve) => {
    const now = find()
    if (now !== undefined) {
      resolve(now)
      return
    }
    const settle = (found: T | undefined) => {
      observer.disconnect()
      clearTimeout(timer)
      resolve(found)
    }
    const observer = new MutationObserver(() => {
      const found = find()
      if (found !== undefined) settle(found)
    })
    const timer = setTimeout(() => {
      settle(undefined)
    }, TARGET_WAIT_MS)
    observer.observe(document.body, { childList: true, subtree: true })
  })
