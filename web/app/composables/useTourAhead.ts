/**
 * Whether the tour may begin or go on in this visit, once the page is quiet; nobody else fetches its code. Stays true
 * until the next page load.
 */
export const useTourAhead = () => {
  const route = useRoute()
  const localePath = useLocalePath()
  const mark = useTourMark()
  const isAhead = ref(false)
  const look = () => {
    const kept = mark.read()
    if (
      route.query.tour === 'true' ||
      (kept === undefined ? route.path === localePath('/') : kept !== 'done')
    )
      isAhead.value = true
  }
  const isReady = ref(false)
  onNuxtReady(() => {
    isReady.value = true
  })
  watch([isReady, () => route.fullPath], () => {
    if (isReady.value) look()
  })
  return readonly(isAhead)
}
