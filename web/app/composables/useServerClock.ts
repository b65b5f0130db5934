import { serverClock } from '~/payment/server-clock'

/** The first moment at which the rendered page can have been on its way, in the browser's monotonic time. */
const responseStartMs = (): number => {
  const [navigation] = performance.getEntriesByType('navigation')
  return navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : performance.now()
}

/**
 * The server's time, every second. Until the page is mounted it stands at the time of the snapshot, so that what the
 * server drew and what the browser draws first are the same.
 */
export const useServerClock = (snapshotMs: number) => {
  const nowMs = ref(snapshotMs)
  const { isHydrating } = useNuxtApp()
  const startMs = import.meta.client ? performance.now() : 0
  let clock: ReturnType<typeof serverClock> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const tick = (): void => {
    if (clock === undefined) return
    nowMs.value = clock.nowMs()
    timer = setTimeout(tick, 1_000 - (nowMs.value % 1_000) + 5)
  }
  onMounted(() => {
    clock = serverClock(() => performance.now(), snapshotMs, isHydrating ? responseStartMs() : startMs)
    tick()
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    clock = undefined
  })
  return {
    nowMs: readonly(nowMs),
    sync: (serverTimeMs: number): void => {
      clock?.sync(serverTimeMs)
    },
  }
}
