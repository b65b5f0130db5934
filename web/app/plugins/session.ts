/** Visitors without a session cookie cost no question; everybody else is known from the first byte of the page on. */
export default defineNuxtPlugin({
  name: 'session',
  dependsOn: ['api'],
  setup: async () => {
    if (import.meta.client) return
    const cookie = useRequestHeaders(['cookie']).cookie ?? ''
    if (/(?:^|;\s*)sid=/.test(cookie)) await useSession().refresh()
  },
})
