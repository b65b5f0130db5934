import { announced, asClock, secondsLeft } from '~/payment/countdown'

/** The time left until `until`, for the eye every second and for the ear at 60, 30 and 10 seconds. */
export const useCountdown = (until: () => string | undefined, nowMs: Readonly<Ref<number>>) => {
  const left = computed(() => {
    const time = until()
    return time === undefined ? undefined : secondsLeft(Date.parse(time), nowMs.value)
  })
  const announcedAt = ref<number>()
  watch(left, (now, before) => {
    if (now === undefined || before === undefined) return
    // A fresh code starts again in silence.
    if (now > before) announcedAt.value = undefined
    else announcedAt.value = announced(before, now) ?? announcedAt.value
  })
  return {
    seconds: left,
    clock: computed(() => (left.value === undefined ? undefined : asClock(left.value))),
    announcedAt: readonly(announcedAt),
  }
}
