import { rightsOf } from '~/admin/roles'

/** For the staff's rooms: strangers sign in first, and for everybody else there is nothing at these addresses. */
export default defineNuxtRouteMiddleware(async (to) => {
  const { session, refresh } = useSession()
  const isKnown = session.value.authenticated || (import.meta.client && (await refresh()).authenticated)
  if (!isKnown) return navigateTo(useLocalePath()({ path: '/sign-in', query: { next: to.fullPath } }))
  if (!rightsOf(session.value.roles).isStaff)
    return abortNavigation({ statusCode: 404, statusMessage: 'Not Found', fatal: true })
  await useStaffWords()
})
