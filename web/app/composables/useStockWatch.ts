const EVERY_MS = 30_000
/** Coming back to a tab is told by two events; one look answers both. */
const AT_MOST_EVERY_MS = 2_000

/** Looks again when the reader comes back to the page, and now and then while it is in view; never two at once. */
export const useStockWatch = (look: () => Promise<void>): void => {
  let isLooking = false
  let lastLookMs = 0
  const lookAgain = async (): Promise<void> => {
    if (isLooking || document.visibilityState !== 'visible' || !navigator.onLine) return
    if (Date.now() - lastLookMs < AT_MOST_EVERY_MS) return
    isLooking = true
    try {
      await look()
    } finally {
      isLooking = false
      lastLookMs = Date.now()
    }
  }
  const onReturn = () => void lookAgain()
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(onReturn, EVERY_MS)
    window.addEventListener('focus', onReturn)
    window.addEventListener('online', onReturn)
    window.addEventListener('pageshow', onReturn)
    document.addEventListener('visibilitychange', onReturn)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    window.removeEventListener('focus', onReturn)
    window.removeEventListener('online', onReturn)
    window.removeEventListener('pageshow', onReturn)
    document.removeEventListener('visibilitychange', onReturn)
  })
}
