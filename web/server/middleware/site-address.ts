/**
 * Canonical links, `hreflang` and the sitemap need the shop's address from outside. `NUXT_PUBLIC_I18N_BASE_URL` says it;
 * without it, the address the visitor used is taken, for this request alone: the event has a configuration of its own.
 */
export default defineEventHandler((event) => {
  const { i18n } = useRuntimeConfig(event).public
  if (i18n.baseUrl === undefined || i18n.baseUrl === '') i18n.baseUrl = getRequestURL(event).origin
})
