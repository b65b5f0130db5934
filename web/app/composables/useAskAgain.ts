/** Often enough that an alert is seen within a second or two. The browser asks with If-None-Match by itself. */
const EVERY_MS = 1_500

/** Asks again and again while the page is open and looked at; one question at a time, whatever comes of it. */
export const useAskAgain = (ask: () => Promise<unknown>): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const next = (): void => {
    if (!isOver) timer = setTimeout(() => void turn(), EVERY_MS)
  }
  const turn = async (): Promise<void> => {
    if (document.visibilityState === 'visible') await ask().catch(() => undefined)
    next()
  }
  onMounted(next)
  onBeforeUnmount(() => {
    isOver = true
    clearTimeout(timer)
  })
}
