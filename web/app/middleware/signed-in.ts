/** For pages of one's own: whoever is not signed in goes to sign in first and comes back afterwards. */
export default defineNuxtRouteMiddleware(async (to) => {
  const { session, refresh } = useSession()
  if (session.value.authenticated || (import.meta.client && (await refresh()).authenticated)) return
  // Nobody can sign in either: the pages say themselves what is wrong, and try again.
  if (session.value.sessionsUnavailable === true) return
  return navigateTo(useLocalePath()({ path: '/sign-in', query: { next: to.fullPath } }))
})
