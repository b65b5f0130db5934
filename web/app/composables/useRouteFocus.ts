/**
 * After a walk to another page the keyboard goes on at its content. A page that has put the focus somewhere itself keeps
 * it, and so does one whose address changed only in its query, such as a filtered list.
 */
export const useRouteFocus = () => {
  if (import.meta.server) return
  const nuxtApp = useNuxtApp()
  const router = useRouter()
  let isElsewhere = false
  const stopGuard = router.afterEach((to, from, failure) => {
    if (failure === undefined && to.path !== from.path && !nuxtApp.isHydrating) isElsewhere = true
  })
  const stopHook = nuxtApp.hook('page:finish', () => {
    if (!isElsewhere) return
    isElsewhere = false
    requestAnimationFrame(focusContent)
  })
  onScopeDispose(() => {
    stopGuard()
    stopHook()
  })
}

const focusContent = () => {
  const main = document.getElementById('main')
  const active = document.activeElement
  if (main === null || main.contains(active) || active?.closest('[role=dialog]') != null) return
  main.focus({ preventScroll: true })
}
